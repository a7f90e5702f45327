// SPDX-License-Identifier: MIT
import Testing

@testable import DaemonConfiguration

/// Numbers consist of digits. A sign that Swift's own parsers accept is refused in every source of numbers.
@Suite("Numbers are parsed strictly")
struct StrictValuesTests {
  @Test(
    "An extra sign in a value of the file is refused",
    arguments: [
      "ptp: { domain: +1 }", "ptp: { log-sync-interval: +0 }",
      "ptp: { clock-identity: 00-1D-C1-FF-FE-12-34-+5 }",
      "ptp: { clock-identity: 00-1D-C1-FF-FE-12-34--5 }", "device: { minimum-period: +64 }",
      "streams: { payload-type: +98 }", "streams: { link-offset: +3ms }",
      "senders: [{ name: a, address: 239.69.1.1, port: +5004 }]",
      "senders: [{ name: a, address: 239.69.1.1, channels: [+1] }]",
    ])
  func inTheFile(text: String) {
    #expect(throws: ConfigurationError.self) { try read(text, file: "test") }
    let plain = text.replacing("+", with: "").replacing("--5", with: "-05").replacing(
      "-5 ", with: "-05 ")
    #expect(throws: Never.self, "without the sign it is accepted") {
      try read(plain, file: "test")
    }
  }

  @Test(
    "An invalid port in a URL is refused",
    arguments: ["http://h:+80/", "http://h:-80/", "http://h:/", "http://h:65536/", "http://h:0/"])
  func inAURL(text: String) {
    #expect(throws: DescriptionURL.Problem.self) { try DescriptionURL(text) }
  }
}
