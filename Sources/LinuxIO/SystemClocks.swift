// SPDX-License-Identifier: MIT
internal import CLinux
public import MediaClock

/// CLOCK_MONOTONIC, the clock of every timer and of the device clock's map (TS-06).
public enum MonotonicClock {
  public static var now: MonotonicInstant {
    @_noLocks @_noAllocation
    get { MonotonicInstant(nanoseconds: clinux_monotonic_nanoseconds()) }
  }

  /// Sleeps until `instant`; returns at once if it has passed.
  @_noLocks @_noAllocation
  public static func sleep(until instant: MonotonicInstant) {
    clinux_sleep_until(instant.nanoseconds)
  }
}

/// One instant on two clocks, from which the device clock starts without a grandmaster.
public struct TimeSample: Equatable, Sendable {
  public let monotonic: MonotonicInstant
  /// The TAI, derived from this host's UTC.
  public let ptp: PTPInstant

  /// TAI - UTC since 2017, for hosts whose kernel was not given it.
  public static let taiOffset = Interval.seconds(37)

  /// Reads UTC between two readings of CLOCK_MONOTONIC, and keeps the shortest of five (TS-05).
  public static func take() -> TimeSample {
    var tightest = Interval(nanoseconds: .max)
    var sample = TimeSample(
      monotonic: MonotonicInstant(nanoseconds: 0), ptp: PTPInstant(nanoseconds: 0))
    for _ in 0..<5 {
      let before = MonotonicClock.now
      let utc = clinux_realtime_nanoseconds()
      let width = MonotonicClock.now - before
      guard width < tightest else { continue }
      tightest = width
      let middle = before + Interval(nanoseconds: width.nanoseconds / 2)
      sample = TimeSample(
        monotonic: middle, ptp: PTPInstant(nanoseconds: utc) + currentTAIOffset)
    }
    return sample
  }

  /// The kernel's own value if it was given one (GM-05).
  private static var currentTAIOffset: Interval {
    (try? SystemClockState.take())?.taiOffset ?? taiOffset
  }
}
