// SPDX-License-Identifier: MIT
internal import MediaClock

/// Says whether the published clock is the master's (SRV-04): by the last 16 Syncs, with hysteresis.
struct LockDetector: Sendable {
  private(set) var isLocked = false
  private var window = Window(capacity: 16)
  private var badSince: MonotonicInstant?
  private let limits: TimestampClass

  private static let release = 5.0
  private static let timeout: Interval = .seconds(3)

  init(_ limits: TimestampClass) { self.limits = limits }

  /// In nanoseconds; nil while there were none.
  var offset: Double? { window.median }

  /// The median distance from the median, in nanoseconds.
  var deviation: Double? { offset.flatMap { window.deviation(from: $0) } }

  /// - Parameter offset: the published clock's, in nanoseconds.
  mutating func add(_ offset: Double, at instant: MonotonicInstant) {
    window.append(offset)
    guard let distance = window.deviation(from: 0), let deviation else { return }
    if !isLocked {
      isLocked =
        window.isFull && distance < limits.lockOffset && deviation < limits.lockDeviation
      badSince = nil
    } else if distance < Self.release * limits.lockOffset,
      deviation < Self.release * limits.lockDeviation
    {
      badSince = nil
    } else if let badSince {
      if instant - badSince >= Self.timeout { reset() }
    } else {
      badSince = instant
    }
  }

  mutating func reset() {
    isLocked = false
    window.removeAll()
    badSince = nil
  }
}
