// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import MediaClock
import Testing

import struct SystemPackage.Errno

private let clocks: [String] = (0..<8).map { "/dev/ptp\($0)" }.filter { path in
  unsafe access(path, R_OK) == 0
}

/// Clocks other than CLOCK_MONOTONIC. Those of network cards are tested only if this machine has one.
@Suite struct HardwareClockTests {
  @Test(
    "The first hardware clock of this machine is compared with CLOCK_MONOTONIC (TS-07)",
    .enabled(if: !clocks.isEmpty, "NO HARDWARE CLOCK HERE: no /dev/ptp* that may be read"))
  func readsTheFirst() throws {
    let clock = try HardwareClock(path: clocks[0])
    let one = try clock.read()
    let first = try #require(one)
    MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(50))
    let other = try clock.read()
    let second = try #require(other)
    #expect(first.width >= Interval.seconds(0) && first.width < Interval.milliseconds(1))
    let gain = (second.time - first.time) - (second.middle - first.middle)
    #expect(abs(gain.nanoseconds) < 50_000)
  }

  @Test("A file that is not a hardware clock, and a missing file, are refused by name")
  func refuses() {
    do throws(SystemError) {
      _ = try HardwareClock(path: "/dev/null")
      Issue.record("opened")
    } catch {
      #expect(error.code == .inappropriateIOCTLForDevice && error.subject == "/dev/null")
    }
    do throws(SystemError) {
      _ = try HardwareClock(path: "/dev/ptp999")
      Issue.record("opened")
    } catch {
      #expect("\(error)" == "open /dev/ptp999: No such file or directory")
    }
  }

  @Test("CLOCK_TAI is read with the offset that the kernel knows (GM-05)")
  func readsTAI() throws {
    let state = try SystemClockState.take()
    let sample = TimeSample.take()
    let reading = TAIClock.read()
    #expect(reading.before <= reading.middle && reading.middle <= reading.after)
    #expect(reading.width < .milliseconds(10))
    // The sample is always TAI. CLOCK_TAI is TAI only if the kernel knows the offset.
    let missing = state.taiOffset == nil ? TimeSample.taiOffset : .seconds(0)
    let difference =
      (reading.time - sample.ptp) - (reading.middle - sample.monotonic) + missing
    #expect(abs(difference.nanoseconds) < 1_000_000)
    #expect(state.maximumError >= .seconds(0))
  }
}
