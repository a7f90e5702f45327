// SPDX-License-Identifier: MIT
import LinuxIO
import MediaClock
import Testing

@Suite struct PollerTests {
  private var ready = InlineArray<64, UInt32>(repeating: 0)

  @Test("A timer is reported once at each expiry, not before, and not at a former time")
  mutating func timer() throws {
    let poller = try Poller()
    let begin = MonotonicClock.now
    Poller.set(timer: poller.timer, to: begin + Interval(nanoseconds: 60_000_000_000))
    #expect(Poller.wait(on: poller.number, into: &ready, milliseconds: 0) == 0)
    for _ in 0..<3 {
      let due = MonotonicClock.now + Interval(nanoseconds: 2_000_000)
      Poller.set(timer: poller.timer, to: due)
      #expect(Poller.wait(on: poller.number, into: &ready, milliseconds: 60_000) == 1)
      #expect(ready[0] == Poller.timerNumber)
      #expect(MonotonicClock.now >= due)
      #expect(Poller.wait(on: poller.number, into: &ready, milliseconds: 0) == 0, "reported once")
    }
  }
}
