// SPDX-License-Identifier: MIT
import LinuxIO
import MediaClock
import PTP
import Testing

@testable import Clocking

/// The quality that a grandmaster may announce for its time (GM-08).
@Suite struct HostClockTests {
  private let kept = SystemClockState(
    taiOffset: .seconds(37), isSynchronized: true, maximumError: .milliseconds(4))

  @Test func theMaximumErrorIncludesTheDistanceFromTheSystemClock() {
    #expect(
      HostClock(kept, distance: .microseconds(-500))
        == .synchronized(maximumError: .microseconds(4_500)))
    #expect(
      HostClock(kept, distance: .milliseconds(999))
        == .synchronized(maximumError: .milliseconds(1_003))
    )
  }

  @Test func aSecondFromTheSystemClockIsFreeRunning() {
    #expect(HostClock(kept, distance: .seconds(1)) == .freeRunning)
    #expect(HostClock(kept, distance: Interval(nanoseconds: .min)) == .freeRunning)
  }

  @Test func anUnsynchronizedSystemClockIsFreeRunning() {
    var state = kept
    state.isSynchronized = false
    #expect(HostClock(state, distance: .seconds(0)) == .freeRunning)
    #expect(HostClock(nil, distance: .seconds(0)) == .freeRunning)
  }

  @Test func theDeviceClockIsComparedWithTheSystemClock() {
    let sample = TimeSample.take()
    let device = DeviceClock.freeRunning(from: sample.monotonic, at: sample.ptp, rate: .hz48000)
    let state = try? SystemClockState.take()
    #expect(HostClock.now(beside: device).isSynchronized == (state?.isSynchronized ?? false))
    let elsewhere = DeviceClock.freeRunning(
      from: sample.monotonic, at: sample.ptp + .seconds(-37), rate: .hz48000)
    #expect(HostClock.now(beside: elsewhere) == .freeRunning)
  }

  @Test func textOfEachKind() {
    #expect(HostClock.freeRunning.text == "free-running")
    #expect(
      HostClock.synchronized(maximumError: .microseconds(1_200)).text == "synchronized within 2 ms")
  }
}
