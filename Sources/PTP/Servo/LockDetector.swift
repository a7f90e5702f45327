// SPDX-License-Identifier: MIT
internal import MediaClock

/// Decides whether the published clock is locked (SRV-04): by its distance from the estimate of the master, and
/// by the uncertainty of that estimate, with hysteresis.
///
/// This is a statement on the error of the published clock. The jitter of single Syncs depends on the master
/// and the network, and averages out.
struct LockDetector: Sendable {
  private(set) var isLocked = false
  /// The published clock less the estimate.
  private var errors = Window(capacity: 16)
  /// The published clock less single Syncs, for display.
  private var offsets = Window(capacity: 16)
  private var uncertainty: Double?
  private var began: MonotonicInstant?
  private var badSince: MonotonicInstant?
  private let limits: TimestampClass

  private static let release = 5.0
  private static let timeout: Interval = .seconds(3)
  /// In nanoseconds.
  private static let farOff = 1_000_000.0
  /// The number of Syncs of a slow master that suffices if they took long enough.
  private static let fewest = 4
  private static let slowAtLeast: Interval = .seconds(4)

  init(_ limits: TimestampClass) { self.limits = limits }

  /// The offset of the published clock by the last Syncs, in nanoseconds; nil while there are none.
  var offset: Double? { offsets.median }

  /// The median distance of the last Syncs from the offset, in nanoseconds.
  var deviation: Double? { offset.flatMap { offsets.deviation(from: $0) } }

  /// The maximum error of the published clock against the master's, in nanoseconds: its median distance from
  /// the estimate, and two standard deviations of that. The error of an asymmetric path is not included,
  /// because it cannot be measured.
  var accuracy: Double? {
    guard let distance = errors.deviation(from: 0), let uncertainty else { return nil }
    return distance + 2 * uncertainty
  }

  /// - Parameters:
  ///   - offset: of the published clock from this Sync alone, in nanoseconds.
  ///   - error: of the published clock against the estimate, in nanoseconds.
  ///   - uncertainty: the standard deviation of the estimate in nanoseconds.
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

  /// Takes the offset of a rejected Sync, so that users see what the master sends. A Sync that is far off
  /// belongs to another epoch, and is not shown.
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
