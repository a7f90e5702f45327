// SPDX-License-Identifier: MIT
internal import CLinux
public import MediaClock

/// One reading of another clock, between two of CLOCK_MONOTONIC.
///
/// Like a message there and back: a servo may take it for a Sync and a Delay_Req, whose path delay is
/// half of how long the reading took.
public struct ClockReading: Hashable, Sendable, BitwiseCopyable {
  public var before: MonotonicInstant
  public var time: PTPInstant
  public var after: MonotonicInstant

  public init(before: MonotonicInstant, time: PTPInstant, after: MonotonicInstant) {
    self.before = before
    self.time = time
    self.after = after
  }

  /// How long it took: the reading is good to half of that.
  public var width: Interval { after - before }

  public var middle: MonotonicInstant {
    before + Interval(nanoseconds: width.nanoseconds / 2)
  }

  /// The tightest of `count` readings, in which nothing came between; nil when all failed.
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

/// What the kernel says of the system's clock (GM-05, GM-08).
public struct SystemClockState: Hashable, Sendable {
  /// TAI minus UTC; nil when nobody told the kernel.
  public var taiOffset: Interval?
  /// True if a time service vouches for the clock (`STA_UNSYNC` is clear).
  public var isSynchronized: Bool
  /// What that service, or the kernel in its stead, thinks the clock may be wrong by at most.
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

/// CLOCK_TAI, for hosts on which chrony, phc2sys or another service keeps it.
public enum TAIClock {
  /// The tightest of seven readings.
  public static func read() -> ClockReading {
    ClockReading.tightest(of: 7) { clinux_tai_nanoseconds() }
      ?? ClockReading(
        before: MonotonicClock.now, time: PTPInstant(nanoseconds: clinux_tai_nanoseconds()),
        after: MonotonicClock.now)
  }
}
