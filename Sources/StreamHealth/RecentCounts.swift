// SPDX-License-Identifier: MIT
public import MediaClock

/// The increase of several counts in the last minute, or since the first reading if that is later.
///
/// It reads no clock, and keeps only increases: a kilobyte for a histogram, few of whose bins are used.
public struct RecentCounts: Sendable {
  public static var reach: Interval { .seconds(60) }
  /// The shortest time between two readings; the last minute may be longer by as much.
  public static var spacing: Interval { .seconds(5) }

  private struct Step {
    let at: MonotonicInstant
    /// The increases since the previous step.
    let rises: [(index: UInt8, count: UInt32)]
  }

  private var steps: [Step] = []
  private var last: (at: MonotonicInstant, counts: [UInt64])?

  public init() {}

  /// Returns true if ``add(_:at:)`` would record a reading.
  public func isDue(at now: MonotonicInstant) -> Bool {
    last.map { now - $0.at >= Self.spacing } ?? true
  }

  /// Takes a reading at `now`: up to 256 counts that never fall.
  public mutating func add(_ counts: [UInt64], at now: MonotonicInstant) {
    guard isDue(at: now) else { return }
    if let last {
      var rises: [(index: UInt8, count: UInt32)] = []
      for (index, count) in counts.enumerated() where count > last.counts[index] {
        rises.append((UInt8(index), UInt32(clamping: count - last.counts[index])))
      }
      steps.append(Step(at: now, rises: rises))
    }
    last = (now, counts)
    steps.removeAll { now - $0.at >= Self.reach }
  }

  /// The increase of each count in the last minute.
  ///
  /// - Parameter counts: a reading at `now`.
  public func recent(_ counts: [UInt64], at now: MonotonicInstant) -> [UInt64] {
    guard let last else { return counts.map { _ in 0 } }
    var recent = zip(counts, last.counts).map { $0 >= $1 ? $0 - $1 : 0 }
    for step in steps where now - step.at < Self.reach {
      for rise in step.rises { recent[Int(rise.index)] += UInt64(rise.count) }
    }
    return recent
  }
}
