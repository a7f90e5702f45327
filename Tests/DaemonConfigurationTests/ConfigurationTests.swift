// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import RTP
import Testing

@testable import DaemonConfiguration

@Suite struct ConfigurationTests {
  @Test func shippedFileGivesTheDefaults() throws {
    #expect(try read(Shipped.text("aes67d.yaml")) == Configuration())
  }

  @Test(arguments: ["", "\n# nothing\n", "layout:\nnetwork:\n", "{}"])
  func emptyFileGivesTheDefaults(text: String) throws {
    #expect(try read(text) == Configuration())
  }

  @Test func defaultLayoutIsEightStreamsOfEight() {
    let configuration = Configuration()
    #expect(configuration.senders.count == 8)
    #expect(configuration.receivers.count == 8)
    #expect(configuration.senders.map(\.address.description).first == "239.69.1.1")
    #expect(configuration.receivers.map(\.address.description).last == "239.69.2.8")
    #expect(configuration.senders.flatMap(\.deviceChannels) == Array(0..<64))
    #expect(configuration.receivers.flatMap(\.deviceChannels) == Array(0..<64))
    #expect(configuration.receivers.allSatisfy { $0.linkOffsetFrames == 144 })
    #expect(configuration.network.interface == .automatic)
  }

  @Test func hostsOneAndTwoReceiveEachOther() throws {
    let one = try read("layout: { host: 1 }")
    let two = try read("layout: { host: 2 }")
    #expect(one.senders.map(\.address) == two.receivers.map(\.address))
    #expect(two.senders.map(\.address) == one.receivers.map(\.address))
  }

  /// Trial F7: the streams of the layout follow from the host number that is assigned automatically.
  @Test func automaticNumbers() throws {
    var first = try read("")
    let name = LayoutAssignment.streamName(ofMachine: "studio-pc.example.org")
    first.assign(LayoutAssignment(number: nil, likelyNumber: 2, name: name))
    #expect(
      first.senders.allSatisfy { $0.address == .any }, "nothing is sent before a number is assigned"
    )
    #expect(first.receivers[0].address.description == "239.69.1.1", "the likely number is 2")
    #expect(first.likely.senders[7].address.description == "239.69.2.8")
    var second = first
    var third = first
    first.assign(LayoutAssignment(number: 1, name: name))
    second.assign(LayoutAssignment(number: 2, name: name))
    third.assign(LayoutAssignment(number: 3, name: name))
    #expect(first.senders.map(\.address) == second.receivers.map(\.address))
    #expect(second.senders.map(\.address) == first.receivers.map(\.address))
    #expect(third.receivers.map(\.address) == first.senders.map(\.address))
    #expect(third.senders[0].address.description == "239.69.3.1")
    #expect(first.senders.map(\.name).first == "studio-pc 1")
    #expect(first.receivers.map(\.name) == second.receivers.map(\.name))
  }

  @Test func aFixedNumberIsNotAssigned() throws {
    var fixed = try read("layout: {host: 3}")
    let before = fixed
    fixed.assign(LayoutAssignment(number: nil, likelyNumber: 9, name: "studio"))
    #expect(fixed.senders == before.senders && fixed.receivers == before.receivers)
    #expect(fixed.senders[0].name == "host 3 stream 1")
    #expect(fixed.receivers[0].address.description == "239.69.1.1")
  }

  @Test func streamsOfTheFileAreNotAssigned() throws {
    var listed = try read("senders: [{address: 239.1.1.1, channels: 2}]\nreceivers: []")
    #expect(!listed.layoutChoice.isUsed)
    let before = listed.senders
    listed.assign(LayoutAssignment(number: 5, name: "studio"))
    #expect(listed.senders == before && listed.receivers.isEmpty)
  }

  @Test(arguments: [
    ("studio-pc", "studio-pc"), ("Müller.local", "M-ller"), ("localhost", "aes67"),
    ("(none)", "aes67"), ("", "aes67"), (".example.org", "aes67"), ("a\nb_c\u{0}", "a-b-c"),
    ("192.168.1.1", "192"), (String(repeating: "x", count: 64), String(repeating: "x", count: 40)),
  ])
  func namesOfMachines(hostName: String, name: String) {
    #expect(LayoutAssignment.streamName(ofMachine: hostName) == name)
  }

  @Test func everyKeyIsRead() throws {
    let configuration = try read(
      """
      layout: { host: 7, remote-host: 9, base: 239.70.0.0, streams: 2, channels: 4 }
      network: { interface: eth1, port: 6000, ttl: 4, dscp: 46, loopback: true }
      streams: { packet-time: 250us, link-offset: 0.75ms, payload-type: 97, max-lateness: 5ms }
      clock: { rate-divisor: 20, anchor: 123456789 }
      real-time: { priority: 0, lock-memory: false }
      device: { minimum-period: 64, socket-group: users, echo: true }
      log: { level: debug }
      """)
    #expect(configuration.senders.map(\.address.description) == ["239.70.7.1", "239.70.7.2"])
    #expect(configuration.senders.map(\.firstChannel) == [1, 5])
    #expect(configuration.senders[0].packetTime == .us250)
    #expect(configuration.senders[0].payloadType == 97)
    #expect(configuration.senders[0].port == 6000)
    #expect(configuration.receivers.map(\.address.description) == ["239.70.9.1", "239.70.9.2"])
    #expect(configuration.receivers[0].linkOffset == .fixed(.microseconds(750)))
    #expect(configuration.receivers[0].payloadType == nil)
    #expect(configuration.network.interface == .named("eth1"))
    #expect(configuration.network.ttl == 4)
    #expect(configuration.network.dscp == 46)
    #expect(configuration.network.loopback)
    #expect(configuration.streams.maxLateness == .milliseconds(5))
    #expect(configuration.clock.rateDivisor == 20)
    #expect(configuration.clock.anchor == MonotonicInstant(nanoseconds: 123_456_789))
    #expect(configuration.realTime.priority == 0)
    #expect(!configuration.realTime.locksMemory)
    #expect(configuration.device.minimumPeriod == 64)
    #expect(configuration.device.socketGroup == "users")
    #expect(configuration.device.echoes)
    #expect(configuration.log.level == .debug)
  }

  @Test func listsReplaceTheLayout() throws {
    let configuration = try read(
      """
      senders:
        - { name: Left, address: 239.69.7.1, port: 5006, channels: 10, first-channel: 55,
            packet-time: 1ms, payload-type: 127 }
        - { address: 10.0.0.2 }
      receivers:
        - { name: Right, address: 239.69.8.1, source: 10.0.0.9, encoding: L16, channels: 2,
            first-channel: 63, payload-type: 96, link-offset: 200ms, alignment: arrival,
            timestamp-offset: 2911906980 }
      """)
    var left = SenderConfiguration()
    (left.name, left.address, left.port) = ("Left", IPv4Address(bits: 0xEF45_0701), 5006)
    (left.channels, left.firstChannel, left.payloadType) = (10, 55, 127)
    var unnamed = SenderConfiguration()
    (unnamed.name, unnamed.address) = ("10.0.0.2", IPv4Address(bits: 0x0A00_0002))
    #expect(configuration.senders == [left, unnamed])
    var right = ReceiverConfiguration()
    (right.name, right.address) = ("Right", IPv4Address(bits: 0xEF45_0801))
    (right.source, right.encoding) = (IPv4Address(bits: 0x0A00_0009), .l16)
    (right.channels, right.firstChannel, right.payloadType) = (2, 63, 96)
    (right.linkOffset, right.alignment) = (.fixed(.milliseconds(200)), .arrival)
    right.timestampOffset = 2_911_906_980
    #expect(configuration.receivers == [right])
    #expect(configuration.receivers[0].deviceChannels == 62..<64)

    #expect(try read("senders: []").senders.isEmpty)
    #expect(try read("senders: []").receivers == Configuration().receivers)
  }

  @Test(
    arguments: [
      ("125us", .us125), ("0.125ms", .us125), ("250\u{B5}s", .us250), ("0.25ms", .us250),
      ("333us", .us333), ("0.333ms", .us333), ("333.3us", .us333), ("1ms", .ms1), ("1000us", .ms1),
      ("4\u{3BC}s", nil), ("4ms", .ms4), ("130us", nil), ("1", nil), ("1s", nil), ("1 ms", nil),
      ("-1ms", nil), ("1.0000001ms", nil), ("0.33333333333ms", nil), ("ms", nil), ("1e3us", nil),
    ] as [(String, PacketTime?)])
  func packetTimes(text: String, expected: PacketTime?) {
    let file = "layout: { channels: 2 }\nstreams: { link-offset: 20ms, packet-time: \(text) }"
    #expect((try? read(file))?.senders.first?.packetTime == expected)
  }
}
