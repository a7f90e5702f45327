// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import MediaClock
import Testing

@Suite struct SystemClocksTests {
  @Test func sampleIsUTCPlusTheTAIOffset() {
    let sample = TimeSample.take()
    let seconds = sample.ptp.nanoseconds / 1_000_000_000 - Int64(time(nil))
    #expect((36...40).contains(seconds))
    #expect(sample.monotonic <= MonotonicClock.now)
  }

  @Test func sleepEndsNoSoonerThanAsked() {
    let until = MonotonicClock.now + .milliseconds(2)
    MonotonicClock.sleep(until: until)
    #expect(MonotonicClock.now >= until)
    MonotonicClock.sleep(until: MonotonicInstant(nanoseconds: -1))
  }
}
