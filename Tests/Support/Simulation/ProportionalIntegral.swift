// SPDX-License-Identifier: MIT
public import MediaClock
public import PTP

/// A proportional-integral servo for comparison in the tables. It has the constants that linuxptp documents,
/// a path delay that is the median of ten, and a first estimate of the rate from two Syncs far apart.
public struct ProportionalIntegral: Sendable {
  private let proportional: Double
  private let integral: Double
  /// The time before the first estimate of the rate, in seconds.
  private let timeout: Double

  /// The steered clock: an affine map of the local time, in nanoseconds.
  private var base = MonotonicInstant(nanoseconds: 0)
  private var shownAtBase = 0.0
  /// Parts per billion.
  private var adjustment = 0.0
  private var drift = 0.0
  private var first: (offset: Double, at: MonotonicInstant)?
  public private(set) var isRunning = false

  private var delays: [Double] = []
  private var lastSync: (origin: Double, shown: Double)?
  private let epoch: PTPInstant

  /// - Parameters:
  ///   - interval: between Syncs, in seconds.
  ///   - epoch: near all times of the master, so that differences fit a Double.
  public init(_ timestamps: TimestampClass, interval: Double, epoch: PTPInstant) {
    // linuxptp's exponents of the interval are -0.3 and 0.4. The factors are the powers at 1/8 s, and
    // approximations at other intervals.
    let (scaleP, scaleI) = timestamps == .hardware ? (0.7, 0.3) : (0.1, 0.001)
    proportional = min(scaleP * 1.866 * (0.125 / interval).squareRoot(), 0.7 / interval)
    integral = min(scaleI * 0.435 * (interval / 0.125).squareRoot(), 0.3 / interval)
    timeout = 0.016 / integral
    self.epoch = epoch
  }

  /// Returns the time of the steered clock, in nanoseconds since the epoch.
  public func shown(at instant: MonotonicInstant) -> Double {
    let elapsed = Double((instant - base).nanoseconds)
    return shownAtBase + elapsed + elapsed * adjustment / 1e9
  }

  public mutating func receive(_ sync: SyncMeasurement) {
    let origin = Double((sync.origin - epoch).nanoseconds) + sync.correction.nanoseconds
    let shown = shown(at: sync.received)
    lastSync = (origin, shown)
    guard !delays.isEmpty else { return }
    let offset = shown - origin - delay
    guard isRunning else {
      estimate(offset, at: sync.received)
      return
    }
    drift += integral * offset
    steer(at: sync.received, shown: shown, to: -(proportional * offset + drift))
  }

  private mutating func estimate(_ offset: Double, at instant: MonotonicInstant) {
    guard let first else {
      self.first = (offset, instant)
      return
    }
    let elapsed = Double((instant - first.at).nanoseconds) / 1e9
    guard elapsed >= timeout else { return }
    drift = (offset - first.offset) / elapsed
    isRunning = true
    steer(at: instant, shown: shown(at: instant) - offset, to: -drift)
  }

  private mutating func steer(at instant: MonotonicInstant, shown: Double, to rate: Double) {
    shownAtBase = shown
    base = instant
    adjustment = rate
  }

  private var delay: Double {
    let sorted = delays.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  public mutating func receive(_ measurement: DelayMeasurement) {
    guard let lastSync else { return }
    let received =
      Double((measurement.received - epoch).nanoseconds) - measurement.correction.nanoseconds
    let sent = shown(at: measurement.sent)
    if delays.count == 10 { delays.removeFirst() }
    delays.append((lastSync.shown - sent + received - lastSync.origin) / 2)
  }
}
