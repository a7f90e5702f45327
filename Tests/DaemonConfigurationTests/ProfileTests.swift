// SPDX-License-Identifier: MIT
import MediaClock
import Testing
import YAML

@testable import DaemonConfiguration

@Suite struct ProfileTests {
  private func parse(_ text: String, profile: String? = nil) throws -> Configuration {
    try read(
      text, settings: profile.map { ["profile": $0] } ?? [:], profiles: Shipped.profiles)
  }

  @Test func interopIsTheDefault() throws {
    #expect(try parse("profile: interop\n") == Configuration())
    #expect(try parse("") == Configuration())
    #expect(Configuration().profile == "interop" && Configuration().device.minimumPeriod == 64)
  }

  @Test func lowLatencySetsTheKeysThatTheFileLeavesOut() throws {
    let configuration = try parse("profile: low-latency\nnetwork:\n  dscp: 0\nptp:\n")
    #expect(configuration.senders.allSatisfy { $0.packetTime == .us250 })
    #expect(configuration.receivers.allSatisfy { $0.initialLinkOffset == .milliseconds(1) })
    #expect(configuration.receivers.allSatisfy { $0.automaticBounds?.maximum == 4 })
    #expect(configuration.network.dscp == 0)
    #expect(configuration.networkClock.dscp == 56)
    #expect(configuration.device.minimumPeriod == 32)
  }

  @Test func aChosenProfileReplacesTheFiles() throws {
    var plain = Configuration()
    plain.profile = ""
    #expect(try parse("profile: low-latency\n", profile: "none") == plain)
  }

  @Test(arguments: ["nosuch", "../aes67d", "", "a/b"])
  func unknownProfilesAreRefused(name: String) {
    #expect(throws: ConfigurationError.self) { try parse("", profile: name) }
  }

  @Test func profileAndFileAreCheckedTogether() {
    // Streams of 8 channels with packets of 4 ms exceed the maximum payload.
    #expect(throws: ConfigurationError.self) {
      try parse("profile: low-latency\nstreams:\n  packet-time: 4ms\n")
    }
  }

  @Test func theShippedFileOverridesNoKeyOfAProfile() throws {
    let text = try Shipped.text("aes67d.yaml")
    #expect(try parse(text, profile: "low-latency") == parse("profile: low-latency\n"))
  }

  @Test(arguments: ["network: {port: 1}", "senders: []", "ptp: {domain: 3}", "log: {level: debug}"])
  func keysThatAProfileMayNotSet(text: String) throws {
    let tree = try Node(yaml: text)
    #expect(throws: ConfigurationError.self) {
      try Configuration.checkProfile(tree, file: "own.yaml")
    }
  }
}
