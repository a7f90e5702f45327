// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import Testing

@testable import DaemonConfiguration

@Suite struct ProfileTests {
  private static let configs = #filePath.components(separatedBy: "/Tests/")[0] + "/configs"
  private let shipped = ProfileShelf([Self.configs + "/profiles"])

  private func parse(_ text: String, profile: String? = nil) throws -> Configuration {
    try Configuration(
      parsing: text, file: "aes67d.yaml", shelf: shipped,
      settings: profile.map { ["profile": $0] } ?? [:])
  }

  @Test func interopIsWhatTheDaemonDoesAnyway() throws {
    #expect(try parse("profile: interop\n") == Configuration())
    #expect(try parse("") == Configuration())
    #expect(Configuration().profile == "interop" && Configuration().device.minimumPeriod == 64)
  }

  @Test func lowLatencyFillsInWhatTheFileDoesNotSay() throws {
    let configuration = try parse("profile: low-latency\nnetwork:\n  dscp: 0\nptp:\n")
    #expect(configuration.senders.allSatisfy { $0.packetTime == .us250 })
    #expect(configuration.receivers.allSatisfy { $0.linkOffset == .milliseconds(1) })
    #expect(configuration.receivers.allSatisfy { $0.automaticOffset?.greatest == 4 })
    #expect(configuration.network.dscp == 0)
    #expect(configuration.networkClock.dscp == 56)
    #expect(configuration.device.minimumPeriod == 32)
  }

  @Test func aChosenProfileStandsBeforeTheFiles() throws {
    var plain = Configuration()
    plain.profile = ""
    #expect(try parse("profile: low-latency\n", profile: "none") == plain)
  }

  @Test(arguments: ["nosuch", "../aes67d", "", "a/b"])
  func unknownProfilesAreRefused(name: String) {
    #expect(throws: ConfigurationError.self) { try parse("", profile: name) }
  }

  @Test func whatAProfileMakesWrongIsRefused() {
    // 250 us and 0.25 ms: the file's own link offset is too short for a packet of 4 ms.
    #expect(throws: ConfigurationError.self) {
      try parse("profile: low-latency\nstreams:\n  packet-time: 4ms\n")
    }
  }

  @Test func theShippedFileLeavesRoomForThem() throws {
    let text = try String(contentsOfFile: Self.configs + "/aes67d.yaml", encoding: .utf8)
    #expect(try parse(text, profile: "low-latency") == parse("profile: low-latency\n"))
  }

  @Test func theShelfListsWhatItHas() {
    #expect(shipped.names == ["interop", "low-latency"])
    #expect(ProfileShelf(["/nowhere"]).names == ["interop"])
  }
}
