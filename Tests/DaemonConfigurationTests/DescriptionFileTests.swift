// SPDX-License-Identifier: MIT
import Addressing
import ParsedConfiguration
import Session
import Testing

@testable import DaemonConfiguration

/// SDP files that the configuration names (field case 15; lab 3).
@Suite struct DescriptionFileTests {
  private static let good =
    "v=0\no=- 1 1 IN IP4 10.0.0.9\ns=Hall\nc=IN IP4 239.9.9.9/32\nt=0 0\nm=audio 5006 RTP/AVP 97\n"
    + "a=rtpmap:97 L24/48000/4\na=ptime:1\n"

  private func problem(_ text: String) throws -> String? {
    let configuration = try Configuration(
      parsing: "receivers: [{ sdp: /etc/hall.sdp }]", files: ["/etc/hall.sdp": text])
    return try #require(configuration.receivers[0].subscription).problem
  }

  /// The daemon starts with any content of the file. The problem is reported by the subscription.
  @Test(arguments: [
    ("", "/etc/hall.sdp:1: not a session description: its first line must be v=0"),
    (
      "<html>\n",
      "/etc/hall.sdp:1: not a session description: its first line must be v=0, and is \"<html>\""
    ),
    ("v=0\ns=x\n", "/etc/hall.sdp: o=USER SESSION VERSION IN IP4 ADDRESS is missing"),
    ("v=0\no=- 1 1 IN IP4 10.0.0.9\ns=x\n", "/etc/hall.sdp: the session has no audio"),
    (
      good.replacing("L24/48000/4", with: "L24/48000/"),
      "/etc/hall.sdp:7: a=rtpmap \"97 L24/48000/\" is not of the form TYPE ENCODING/RATE/CHANNELS"
    ),
    (good.replacing("48000", with: "96000"), "/etc/hall.sdp: Not receivable: its rate is 96000 Hz"),
    (good.replacing("AVP", with: "SAVP"), "/etc/hall.sdp: Not receivable: it is encrypted"),
  ])
  func invalidFilesDoNotMakeTheConfigurationInvalid(text: String, words: String) throws {
    let problem = try problem(text)
    #expect(problem?.hasPrefix(words) == true, "\(problem ?? "no problem")")
  }

  /// The first receivable stream of several is chosen.
  @Test func takesTheFirstReceivableStream() throws {
    let section = "m=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/96000/2\n"
    let text = Self.good.replacing("m=audio 5006", with: section + "m=audio 5006")
    let configuration = try Configuration(
      parsing: "receivers: [{ sdp: a.sdp }]", files: ["a.sdp": text])
    guard case .description(let description)? = configuration.receivers[0].subscription else {
      Issue.record("no subscription")
      return
    }
    #expect(description.stream?.port == 5006 && description.problem == nil)
  }

  /// A file for senders is refused if a line of it cannot be read.
  @Test func sendersNeedAFileWithoutErrors() throws {
    for (text, words) in [
      (Self.good.replacing("ptime:1", with: "ptime:x"), "a.sdp:8: a=ptime"),
      (Self.good + "nonsense\n", "a.sdp:9: \"nonsense\""),
      (Self.good.replacing("5006", with: "many"), "a.sdp:6: m="),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try Configuration(parsing: "layout: { sdp: a.sdp }", files: ["a.sdp": text])
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    let fine = try Configuration(parsing: "layout: { sdp: a.sdp }", files: ["a.sdp": Self.good])
    #expect(fine.senders.map(\.name) == ["Hall"])
  }

  /// The groups of SAP announcements, as a list and as text (SAP-01).
  @Test func announcementGroupsAreReadAndWritten() throws {
    let plain = try Configuration(parsing: "")
    #expect(
      plain.network.announcementGroups.map(\.description) == ["239.255.255.255", "224.2.127.254"])
    for text in ["[239.255.255.255, 224.0.0.56]", "\"239.255.255.255,224.0.0.56\""] {
      let configuration = try Configuration(parsing: "network: { sap-groups: \(text) }")
      #expect(
        configuration.network.announcementGroups.map(\.description)
          == ["239.255.255.255", "224.0.0.56"])
    }
    for text in ["10.0.0.1", "\"\"", "[]", "239.1.1.1 239.1.1.2", "[239.1.1.1, 239.1.1.1]", "x"] {
      #expect(throws: ConfigurationError.self, "\(text)") {
        try Configuration(parsing: "network: { sap-groups: \(text) }")
      }
    }
  }
}
