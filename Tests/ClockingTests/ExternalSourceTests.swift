// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

@testable import Clocking
@testable import DaemonConfiguration

/// Clocks that other programs discipline: the names of the sources, and the errors of reading them.
@Suite struct ExternalSourceTests {
  @Test(arguments: [
    ("ptp", ClockSource.ptp), ("system-tai", .systemTAI),
    ("phc:/dev/ptp0", .hardware(path: "/dev/ptp0")),
  ])
  func named(_ text: String, _ source: ClockSource) {
    #expect(ClockSource(text) == source && source.description == text)
  }

  @Test(arguments: [
    "", "tai", "phc:", "phc:ptp0", "PTP", "phc:/" + String(repeating: "x", count: 300),
  ])
  func notNamed(_ text: String) {
    #expect(ClockSource(text) == nil)
  }

  @Test("A missing hardware clock, and a file that is not a clock, are reported with the fix")
  func gone() {
    let missing = failure(.hardware(path: "/dev/ptp999"))
    #expect(
      missing
        == "clock.source phc:/dev/ptp999: open /dev/ptp999: No such file or directory; no driver offers"
        + " that clock now (ls /sys/class/ptp); the daemon looks for it every second")
    let other = failure(.hardware(path: "/dev/null"))
    #expect(other?.contains("is not a hardware clock; ethtool -T INTERFACE") == true)
  }

  @Test("CLOCK_TAI is refused unless the kernel knows TAI - UTC (GM-05)")
  func systemTAI() throws {
    let told = try SystemClockState.take().taiOffset != nil
    let why = failure(.systemTAI)
    #expect((why == nil) == told)
    if let why { #expect(why.contains("leapsectz right/UTC")) }
  }

  private func failure(_ choice: ClockSource) -> String? {
    var source = ExternalSource(choice)
    switch source.read() {
    case .success, .failure(.passing): return nil
    case .failure(.gone(let why)): return why
    }
  }
}
