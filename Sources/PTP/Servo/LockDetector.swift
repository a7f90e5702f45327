// SPDX-License-Identifier: MIT
internal import MediaClock

/// Says whether the published clock is the master's (SRV-04): by how far it is from where the master is estimated
/// to be, and by how unsure that estimate is; with hysteresis.
///
/// That is a statement on the error of the published clock. How far single Syncs scatter is the master's and the
/// network's affair: many of them average out.
struct LockDetector: Sendable {
  private(set) var isLocked = false
  /// Published clock less estimate.
  private var errors = Window(capacity: 16)
  /// Published clock less single Syncs: for people.
  private var offsets = Window(capacity: 16)
  private var uncertainty: Double?
  private var began: MonotonicInstant?
  private var badSince: MonotonicInstant?
  private let limits: TimestampClass

  private static let release = 5.0
  private static let timeout: Interval = .seconds(3)
  /// In nanoseconds.
  private static let farOff = 1_000_000.0
  /// Of slow masters, fewer Syncs will do when they took so long.
  private static let fewest = 4
  private static let slowAtLeast: Interval = .seconds(4)

  init(_ limits: TimestampClass) { self.limits = limits }

  /// Of the published clock as the last Syncs show it, in nanoseconds; nil while there were none.
  var offset: Double? { offsets.median }

  /// The median distance of the last Syncs from that, in nanoseconds.
  var deviation: Double? { offset.flatMap { offsets.deviation(from: $0) } }

  /// How far the published clock may be from the master's, in nanoseconds: its median distance from the estimate,
  /// and two standard deviations of that. An asymmetric path comes on top, which nobody can see.
  var accuracy: Double? {
    guard let distance = errors.deviation(from: 0), let uncertainty else { return nil }
    return distance + 2 * uncertainty
  }

  /// - Parameters:
  ///   - offset: the published clock's against this Sync alone, in nanoseconds.
  ///   - error: the published clock's against the estimate, in nanoseconds.
  ///   - uncertainty: of the estimate: a standard deviation in nanoseconds.
  mutating func add(
    offset: Double, error: Double, uncertainty: Double, at instant: MonotonicInstant
  ) {
    offsets.append(offset)
    errors.append(error)
    self.uncertainty = uncertainty
    let began = began ?? instant
    self.began = began
    guard let distance = errors.deviation(from: 0) else { return }
    if !isLocked {
      let isEnough =
        errors.isFull || errors.values.count >= Self.fewest && instant - began >= Self.slowAtLeast
      isLocked =
        isEnough && distance < limits.lockOffset && uncertainty < limits.lockDeviation
      badSince = nil
    } else if distance < Self.release * limits.lockOffset,
      uncertainty < Self.release * limits.lockDeviation
    {
      badSince = nil
    } else if let badSince {
      if instant - badSince >= Self.timeout { reset() }
    } else {
      badSince = instant
    }
  }

  /// Takes in the offset of a Sync that is not believed, so that people see what the master says. What is far off
  /// belongs to another epoch, and says nothing of this one.
  mutating func show(offset: Double) {
    if abs(offset) < Self.farOff { offsets.append(offset) }
  }

  mutating func reset() {
    isLocked = false
    errors.removeAll()
    offsets.removeAll()
    uncertainty = nil
    began = nil
    badSince = nil
  }
}
