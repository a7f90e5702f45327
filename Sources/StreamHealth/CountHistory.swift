// SPDX-License-Identifier: MIT
internal import MediaClock

/// The counts of a stream since its start.
public struct StreamCounts: Equatable, Sendable {
  /// All packets of the stream, whatever their verdict.
  public var packets: UInt64 = 0
  public var late: UInt64 = 0
  public var early: UInt64 = 0
  /// Lost packets; of a sender, those that the kernel refused.
  public var lost: UInt64 = 0
  /// Packets that are not of the agreed format.
  public var malformed: UInt64 = 0
  /// Packets from other sources.
  public var foreign: UInt64 = 0
  public var resyncs: UInt64 = 0
  /// Frames of packets in sequence beyond those that their timestamps count, and frames that are missing from
  /// them.
  public var surplusFrames: UInt64 = 0
  public var lackingFrames: UInt64 = 0

  public init() {}

  /// Returns true if packets repeatedly have another length than their timestamps say, in the same direction
  /// and by more than a frame each. A wandering clock deviates in both directions.
  var isContradictory: Bool {
    let (more, less) = (surplusFrames, lackingFrames)
    return packets >= 20 && max(more, less) - min(more, less) > packets
  }

  /// The increase of each count. A count that is lower than before was reset, and counts in full.
  func rise(since old: Self) -> Self {
    func rise(_ now: UInt64, _ before: UInt64) -> UInt64 { now >= before ? now - before : now }
    var all = Self()
    all.packets = rise(packets, old.packets)
    all.late = rise(late, old.late)
    all.early = rise(early, old.early)
    all.lost = rise(lost, old.lost)
    all.malformed = rise(malformed, old.malformed)
    all.foreign = rise(foreign, old.foreign)
    all.resyncs = rise(resyncs, old.resyncs)
    all.surplusFrames = rise(surplusFrames, old.surplusFrames)
    all.lackingFrames = rise(lackingFrames, old.lackingFrames)
    return all
  }
}

/// A stream's counts of the last minute.
struct CountHistory: Sendable {
  static var reach: Interval { .seconds(60) }
  private static var spacing: Interval { .milliseconds(500) }

  private struct Sample {
    let at: MonotonicInstant
    let counts: StreamCounts
  }

  private var samples: [Sample] = []

  /// Takes the counts until `now`.
  ///
  /// - Parameter isMark: true if ``rise(_:since:)`` must be able to begin exactly here, until the next mark.
  mutating func add(_ counts: StreamCounts, at now: MonotonicInstant, isMark: Bool = false) {
    if let last = samples.last, !isMark, now - last.at < Self.spacing { return }
    // However often somebody looks: a mark takes the place of the one before.
    if samples.count > 1, now - samples[samples.count - 2].at < Self.spacing {
      samples.removeLast()
    }
    samples.append(Sample(at: now, counts: counts))
    // The first one that is older than a minute stays: from there the minute is counted.
    while samples.count > 1, now - samples[1].at >= Self.reach { samples.removeFirst() }
  }

  /// The counts of the last minute.
  func lastMinute(_ counts: StreamCounts) -> StreamCounts {
    samples.first.map { counts.rise(since: $0.counts) } ?? StreamCounts()
  }

  /// The counts from `start` on, or a little longer; all of the history if that is shorter.
  func rise(_ counts: StreamCounts, since start: MonotonicInstant) -> StreamCounts {
    guard let base = sample(at: start) else { return StreamCounts() }
    return counts.rise(since: base.counts)
  }

  /// The packet rate, over about the last second.
  func rate(_ counts: StreamCounts, at now: MonotonicInstant) -> Double {
    guard let base = sample(at: now - .seconds(1)), now > base.at else { return 0 }
    let packets = counts.rise(since: base.counts).packets
    return Double(packets) * 1e9 / Double((now - base.at).nanoseconds)
  }

  private func sample(at start: MonotonicInstant) -> Sample? {
    samples.last { $0.at <= start } ?? samples.first
  }
}

extension MonotonicInstant {
  static func - (instant: MonotonicInstant, interval: Interval) -> MonotonicInstant {
    instant + Interval(nanoseconds: -interval.nanoseconds)
  }
}
