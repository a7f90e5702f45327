// SPDX-License-Identifier: MIT
import LinuxIO
import MediaClock
import PTP
import Testing

@testable import Clocking

/// What a grandmaster may say of its time (GM-08).
@Suite struct HostClockTests {
  private let kept = SystemClockState(
    taiOffset: .seconds(37), isSynchronized: true, maximumError: .milliseconds(4))

  @Test func aKeptClockVouchesForOursAsFarAsTheTwoAgree() {
    #expect(
      HostClock(kept, distance: .microseconds(-500))
        == .synchronized(maximumError: .microseconds(4_500)))
    #expect(
      HostClock(kept, distance: .milliseconds(999))
        == .synchronized(maximumError: .milliseconds(1_003))
    )
  }

  @Test func anotherTimeIsNotVouchedFor() {
    #expect(HostClock(kept, distance: .seconds(1)) == .freeRunning)
    #expect(HostClock(kept, distance: Interval(nanoseconds: .min)) == .freeRunning)
  }

  @Test func withoutATimeServiceNobodyVouches() {
    var state = kept
    state.isSynchronized = false
    #expect(HostClock(state, distance: .seconds(0)) == .freeRunning)
    #expect(HostClock(nil, distance: .seconds(0)) == .freeRunning)
  }

  @Test func oursIsComparedWithTheSystems() {
    let sample = TimeSample.take()
    let device = DeviceClock.freeRunning(from: sample.monotonic, at: sample.ptp, rate: .hz48000)
    let state = try? SystemClockState.take()
    #expect(HostClock.now(beside: device).isSynchronized == (state?.isSynchronized ?? false))
    let elsewhere = DeviceClock.freeRunning(
      from: sample.monotonic, at: sample.ptp + .seconds(-37), rate: .hz48000)
    #expect(HostClock.now(beside: elsewhere) == .freeRunning)
  }

  @Test func people() {
    #expect(HostClock.freeRunning.text == "free-running")
    #expect(
      HostClock.synchronized(maximumError: .microseconds(1_200)).text == "synchronized within 2 ms")
  }
}
