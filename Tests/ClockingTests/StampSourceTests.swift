// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

@testable import Clocking

@Suite("StampSource: what is said of a card whose stamps may not be used (TS-07)")
struct StampSourceTests {
  @Test("It names the script that the package has as well, and nothing that only a checkout has")
  func refusal() throws {
    let error = try #require(throws: SystemError.self) {
      _ = try HardwareStamps(path: "/dev/ptp999")
    }
    let line = StampSource.refusal(of: "net0", error)
    #expect(line.contains("hardware-clocks.sh on"))
    #expect(!line.contains("install.sh") && !line.contains("scripts/"))
    #expect(line.hasPrefix("net0 ") && line.contains("/dev/ptp999"))
  }
}
