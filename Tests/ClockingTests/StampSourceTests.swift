// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

@testable import Clocking

@Suite("StampSource: the message about time stamps that may not be used (TS-07)")
struct StampSourceTests {
  @Test("The message names a script of the package, and no file that only a checkout has")
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
