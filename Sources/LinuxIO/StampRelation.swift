// SPDX-License-Identifier: MIT
public import MediaClock

/// Carries the stamps of a card's clock over to CLOCK_MONOTONIC (TS-07).
///
/// The two are compared just after each stamp was made, so that little is left to the rate between them;
/// that is known from comparisons a second apart. A card's clock that is set between stamp and comparison
/// spoils that one stamp, which the servo's gate refuses.
public struct StampRelation: Sendable {
  /// Clocks further apart than this are being set: 1000 ppm.
  private static let maximumRate = 1e-3
  private static let baseline = Interval.seconds(1)
  /// Stamps are younger than this when they are read; a little of the future is the reading's own error.
  private static let age = Interval.milliseconds(-1)..<Interval.seconds(1)

  private var anchor: ClockReading?
  private var last: ClockReading?
  /// By how much the card's clock is faster.
  public private(set) var rate = 0.0

  public init() {}

  /// Takes in a comparison of both clocks, not earlier than the last one.
  public mutating func add(_ reading: ClockReading) {
    last = reading
    guard let anchor else {
      anchor = reading
      return
    }
    let here = (reading.middle - anchor.middle).nanoseconds
    guard here >= Self.baseline.nanoseconds else { return }
    let there = reading.time.nanoseconds &- anchor.time.nanoseconds
    self.anchor = reading
    let rate = Double(there &- here) / Double(here)
    if abs(rate) <= Self.maximumRate { self.rate = rate }
  }

  /// When the card stamped; nil before the first comparison, and for a stamp that is none of this clock.
  public func monotonic(_ stamp: PTPInstant) -> MonotonicInstant? {
    guard let last else { return nil }
    let age = Interval(nanoseconds: last.time.nanoseconds &- stamp.nanoseconds)
    guard Self.age.contains(age) else { return nil }
    let correction = Int64((Double(age.nanoseconds) * rate).rounded())
    return last.middle + Interval(nanoseconds: correction - age.nanoseconds)
  }
}
