// SPDX-License-Identifier: MIT
internal import CLinux
public import MediaClock

/// One reading of another clock, between two of CLOCK_MONOTONIC.
///
/// It is equivalent to a message in each direction: a servo may use it as a Sync and a Delay_Req with half of
/// the reading's duration as path delay.
public struct ClockReading: Hashable, Sendable, BitwiseCopyable {
  public var before: MonotonicInstant
  public var time: PTPInstant
  public var after: MonotonicInstant

  public init(before: MonotonicInstant, time: PTPInstant, after: MonotonicInstant) {
    self.before = before
    self.time = time
    self.after = after
  }

  /// The duration of the reading, which is accurate to half of that.
  public var width: Interval { after - before }

  public var middle: MonotonicInstant {
    before + Interval(nanoseconds: width.nanoseconds / 2)
  }

  /// The shortest of `count` readings, which was not interrupted; nil if all failed.
  static func tightest<Failure: Error>(
    of count: Int, _ read: () throws(Failure) -> Int64
  ) throws(Failure) -> ClockReading? {
    var best: ClockReading?
    for _ in 0..<count {
      let before = MonotonicClock.now
      let time = try read()
      let after = MonotonicClock.now
      if let best, after - before >= best.width { continue }
      best = ClockReading(before: before, time: PTPInstant(nanoseconds: time), after: after)
    }
    return best
  }
}

/// The kernel's state of the system clock (GM-05, GM-08).
public struct SystemClockState: Hashable, Sendable {
  /// TAI minus UTC; nil if the kernel was not given it.
  public var taiOffset: Interval?
  /// True if a time service disciplines the clock (`STA_UNSYNC` is clear).
  public var isSynchronized: Bool
  /// The maximum error of the clock according to that service, or to the kernel.
  public var maximumError: Interval

  public init(taiOffset: Interval?, isSynchronized: Bool, maximumError: Interval) {
    self.taiOffset = taiOffset
    self.isSynchronized = isSynchronized
    self.maximumError = maximumError
  }

  public static func take() throws(SystemError) -> SystemClockState {
    var state = clinux_clock_state()
    try kernel(.adjustTime) { unsafe clinux_read_clock_state(&state) }
    return SystemClockState(
      taiOffset: state.tai_offset_seconds > 0 ? .seconds(Int64(state.tai_offset_seconds)) : nil,
      isSynchronized: state.is_synchronized,
      maximumError: Interval(nanoseconds: state.maximum_error_ns))
  }
}

/// CLOCK_TAI, for hosts on which chrony, phc2sys or another service steers it.
public enum TAIClock {
  /// The shortest of seven readings.
  public static func read() -> ClockReading {
    ClockReading.tightest(of: 7) { clinux_tai_nanoseconds() }
      ?? ClockReading(
        before: MonotonicClock.now, time: PTPInstant(nanoseconds: clinux_tai_nanoseconds()),
        after: MonotonicClock.now)
  }
}
