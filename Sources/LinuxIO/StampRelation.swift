// SPDX-License-Identifier: MIT
public import MediaClock

/// Converts timestamps of a card's clock to CLOCK_MONOTONIC (TS-07).
///
/// The clocks are compared just after each timestamp was made, so that the rate between them hardly matters; it
/// is measured by comparisons a second apart. If the card's clock is set between timestamp and comparison, that
/// one timestamp is wrong, and the servo's gate rejects it.
public struct StampRelation: Sendable {
  /// The greatest difference of the rates; beyond it a clock is being set: 1000 ppm.
  private static let maximumRate = 1e-3
  private static let baseline = Interval.seconds(1)
  /// The age of timestamps when they are read; a little of the future is the reading's own error.
  private static let age = Interval.milliseconds(-1)..<Interval.seconds(1)

  private var anchor: ClockReading?
  private var last: ClockReading?
  /// The relative rate of the card's clock; positive if it is faster.
  public private(set) var rate = 0.0

  public init() {}

  /// Takes a comparison of both clocks, not earlier than the last one.
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

  /// The time of the card's timestamp; nil before the first comparison, and for a timestamp that cannot be from
  /// this clock.
  public func monotonic(_ stamp: PTPInstant) -> MonotonicInstant? {
    guard let last else { return nil }
    let age = Interval(nanoseconds: last.time.nanoseconds &- stamp.nanoseconds)
    guard Self.age.contains(age) else { return nil }
    let correction = Int64((Double(age.nanoseconds) * rate).rounded())
    return last.middle + Interval(nanoseconds: correction - age.nanoseconds)
  }
}
