// SPDX-License-Identifier: MIT
import Addressing
import Testing
import YAML

@testable import DaemonConfiguration

/// Names, keys, requests and differences that follow from the declarations of the attributes.
@Suite struct AttributeTests {
  private static let file = """
    senders:
      - {name: one, address: 239.1.1.1, channel-names: "L, R", channels: 2, payload-type: 97, ttl: 3, dscp: 46}
      - {name: two, address: auto, first-channel: 9, packet-time: 250us, enabled: false}
      - {name: three, address: 239.1.1.3, channels: [17, none, 17]}
    receivers:
      - {name: a, address: 239.1.2.1, source: 10.0.0.1, encoding: L16, link-offset: 5ms, payload-type: 97}
      - {name: b, address: 239.1.2.2, first-channel: 9, alignment: arrival, link-offset: auto, timestamp-offset: 7}
      - {name: c, session: Stage left, first-channel: 17, group: own}
      - {name: d, sdp-url: "http://10.0.0.9/a", channels: [35, none, 33], group: none}
    """

  private static let description =
    "v=0\no=- 1 1 IN IP4 10.0.0.9\ns=Hall\nc=IN IP4 239.9.9.9/32\nt=0 0\nm=audio 5006 RTP/AVP 97\n"
    + "a=rtpmap:97 L24/48000/4\na=ptime:1\na=source-filter: incl IN IP4 239.9.9.9 10.0.0.9\n"
    + "a=ts-refclk:ptp=IEEE1588-2008:00-1D-C1-FF-FE-00-00-01:0\na=mediaclk:direct=12\n"

  @Test func everyStreamIsRestoredFromItsKeys() throws {
    let configuration = try read(Self.file)
    for sender in configuration.senders {
      let base = SenderConfiguration(configuration.network, configuration.streams)
      #expect(try base.applying(Node(sender.keys), named: "state") == sender)
    }
    let base = ReceiverConfiguration(configuration.network, configuration.streams)
    var hall = base
    hall.name = "hall"
    hall = try hall.applying(Node(["sdp-text": Self.description]), named: "request")
    for receiver in configuration.receivers + [hall] {
      #expect(try base.applying(Node(receiver.keys), named: "state") == receiver)
    }
  }

  @Test func everySectionIsRestoredFromItsKeys() throws {
    let configuration = try read(
      "{network: {ttl: 3, interface: eth1}, ptp: {mode: master, domain: 5}, streams: {link-offset: 7ms}}"
    )
    var settings: [String: String] = [:]
    for section in ConfigurationSection.all {
      for (key, value) in section.keys(configuration) { settings["\(section.name).\(key)"] = value }
    }
    #expect(try read("", settings: settings) == configuration)
    #expect(
      configuration.changedKeys(from: Configuration()) == [
        "network.interface", "network.ttl", "streams.link-offset", "ptp.mode", "ptp.domain",
      ])
  }

  @Test(arguments: [
    ("device: {reflect: true}", "device.reflect: is now called echo"),
    ("streams: {greatest-packets: 4}", "streams.greatest-packets: is now called max-packets"),
    ("streams: {least-packets: 4}", "streams.least-packets: is now called min-packets"),
    ("layout: {peer: 2}", "layout.peer: is now called remote-host"),
  ])
  func formerKeysAreRefusedWithTheirNewNames(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.description.hasSuffix(message) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    "senders: [{name: A, address: 239.1.1.1}, {name: A, address: 239.1.1.2, first-channel: 9}]",
    "senders: [{name: A, address: auto}, {name: A, address: auto}]",
    "receivers: [{name: A, address: 239.1.1.1}, {name: A, address: 239.1.1.2, first-channel: 9}]",
    "receivers: [{session: A}, {session: B, name: A, first-channel: 9}, {name: A, session: C}]",
  ])
  func namesAreUniqueInEachDirection(text: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.description.contains("].name: there is already a") == true)
  }

  @Test func streamsWithoutANameHaveDifferentOnes() throws {
    let configuration = try read(
      """
      senders:
        - {address: auto}
        - {address: auto}
        - {name: sender 2, address: 239.1.1.2}
        - {address: 239.1.1.1}
        - {address: 239.1.1.1, port: 6000}
      receivers:
        - {session: A}
        - {session: A, first-channel: 9}
      """)
    #expect(
      configuration.senders.map(\.name) == [
        "sender", "sender 3", "sender 2", "239.1.1.1", "239.1.1.1 2",
      ])
    #expect(configuration.receivers.map(\.name) == ["A", "A 2"])
  }

  @Test(arguments: [
    "\" \"", "\"\\t\"", "\"a\\nb\"", "\"\\u202Eabc\"", "\"\\x1b[31m\"",
    "x23456789x123456789x123456789x123456789x123456789x123456789x12345",
  ])
  func unreadableNamesAreRefused(name: String) {
    #expect(throws: ConfigurationError.self) {
      try read("senders: [{address: 239.1.1.1, name: \(name)}]")
    }
  }

  @Test(arguments: ["+5", "0x5", "5 ", " 5", "5.0", "٥", "1_0", "", "-0x1"])
  func numbersAreDigits(text: String) {
    #expect(throws: ConfigurationError.self) { try read("", settings: ["ptp.domain": text]) }
    #expect(throws: ConfigurationError.self) { try read("", settings: ["network.port": text]) }
  }

  @Test func requestsChangeTheSubscription() throws {
    let old = try read(Self.file).receivers[0]
    let new = try old.applying(Node(["session": "Hall", "link-offset": "auto"]), named: "request")
    #expect(new.subscription == .session("Hall") && new.address == .any && new.source == nil)
    #expect(new.linkOffset == .automatic && new.channels == old.channels && new.name == "a")
    let back = try new.applying(Node(["address": "239.1.2.9"]), named: "request")
    #expect(back.subscription == nil && back.address == IPv4Address("239.1.2.9"))
  }

  @Test(arguments: [
    (["chanels": "3"], "chanels: unknown key"),
    (["session": "A", "port": "5"], "is given by session"),
    (["sdp": "/etc/passwd"], "only the configuration file"), (["sdp-text": "hello"], "v=0"),
    (["channels": "65"], "1 to 64"), (["first-channel": "64"], "reach channel 71"),
    (["link-offset": "1ms"], "1250us to 200ms"), (["link-offset": "0.3ms"], "1250us to 200ms"),
  ])
  func requestsAreCheckedLikeTheFile(keys: [String: String], words: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read(Self.file).receivers[0].applying(Node(keys), named: "request")
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func theDefaultGroupFollowsTheAlignment() throws {
    let receivers = try read(Self.file).receivers
    #expect(receivers.map(\.group) == ["clock", nil, "own", nil])
  }

  /// The summary of each attribute is a sentence, and no section declares a key twice.
  @Test func everyAttributeIsDescribed() {
    let lists =
      ConfigurationSection.all.map(\.attributes) + [
        ConfigurationSection.sender, ConfigurationSection.receiver,
      ]
    for attributes in lists {
      #expect(Set(attributes.map(\.key)).count == attributes.count)
      for attribute in attributes {
        #expect(attribute.summary.hasSuffix("."), "\(attribute.key)")
        #expect(!attribute.type.expected.isEmpty, "\(attribute.key)")
      }
    }
  }
}
