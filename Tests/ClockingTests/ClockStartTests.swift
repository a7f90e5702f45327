// SPDX-License-Identifier: MIT
import LinuxIO
import MediaClock
import Testing

@testable import Clocking
@testable import DaemonConfiguration

@Suite struct ClockStartTests {
  @Test func withoutSettingsMediaFramesFollowThePTPTime() {
    let sample = TimeSample.take()
    let clock = DeviceClock(starting: Configuration.Clock(), at: sample)
    #expect(clock.mediaFrame(at: sample.monotonic) == SampleRate.hz48000.frame(at: sample.ptp))
    #expect(clock.relation.frame(at: sample.monotonic) == DeviceFrame(0))
  }

  /// Two slowed clocks with the same anchor, started at different times, agree on every media frame.
  @Test func slowedClocksWithOneAnchorAgree() {
    var settings = Configuration.Clock()
    settings.rateDivisor = 20
    settings.anchor = MonotonicInstant(nanoseconds: 1_000_000_000)
    let one = DeviceClock(starting: settings, at: .take())
    let two = DeviceClock(starting: settings, at: .take())
    let now = MonotonicClock.now
    for millisecond in 0..<100 {
      let instant = now + .milliseconds(Int64(millisecond))
      #expect(one.mediaFrame(at: instant) == two.mediaFrame(at: instant))
    }
    #expect(one.mediaFrame(at: MonotonicInstant(nanoseconds: 2_000_000_000)).index == 2_400)
  }

  @Test func slowedClockWithoutAnchorBeginsNow() {
    var settings = Configuration.Clock()
    settings.rateDivisor = 20
    let sample = TimeSample.take()
    #expect(
      DeviceClock(starting: settings, at: sample).mediaFrame(at: sample.monotonic)
        == MediaFrame(0))
  }
}
