// SPDX-License-Identifier: MIT
import Addressing
import Testing

import struct SystemPackage.Errno

@testable import LinuxIO

/// Messages as the kernel sends them (rtnetlink(7)), built from literal numbers.
private struct Messages {
  var bytes: [UInt8] = []

  private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
    unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
  }

  private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
    let raw = number(UInt16(4 + value.count)) + number(type) + value
    return raw + [UInt8](repeating: 0, count: (4 - raw.count % 4) % 4)
  }

  private mutating func add(_ type: UInt16, flags: UInt16 = 2, _ body: [UInt8]) {
    bytes += Self.number(UInt32(16 + body.count)) + Self.number(type) + Self.number(flags)
    bytes += Self.number(UInt32(1)) + Self.number(UInt32(0)) + body
  }

  /// RTM_NEWLINK; flags IFF_UP, IFF_RUNNING and IFF_MULTICAST; a card of Ethernet type.
  mutating func link(
    _ index: UInt32, _ name: String, flags: UInt32 = 0x1041,
    ethernet: [UInt8] = [2, 0, 0, 0, 0, 1], messageFlags: UInt16 = 2, type: UInt16 = 1,
    family: String? = nil, master: UInt32? = nil
  ) {
    let head =
      [0, 0] + Self.number(type) + Self.number(index) + Self.number(flags)
      + Self.number(UInt32(0))
    add(
      16, flags: messageFlags,
      head + Self.attribute(3, Array(name.utf8) + [0]) + Self.attribute(1, ethernet)
        + (master.map { Self.attribute(10, Self.number($0)) } ?? [])
        + (family.map { Self.attribute(18, Self.attribute(1, Array($0.utf8) + [0])) } ?? []))
  }

  /// RTM_NEWADDR with IFA_ADDRESS, IFA_LOCAL and IFA_LABEL.
  mutating func address(_ index: UInt32, _ address: String, label: String, peer: String? = nil) {
    func bits(_ text: String) -> [UInt8] { text.split(separator: ".").compactMap { UInt8($0) } }
    let head = [2, 24, 0x80, 0] + Self.number(index)
    add(
      20,
      head + Self.attribute(1, bits(peer ?? address)) + Self.attribute(2, bits(address))
        + Self.attribute(3, Array(label.utf8) + [0]))
  }

  mutating func done() { add(3, Self.number(Int32(0))) }
  mutating func error(_ code: Int32) { add(2, Self.number(code)) }
}

@Suite("Interfaces from the kernel's messages")
struct InterfaceMessagesTests {
  /// The links (index and name) and addresses (index, address and label) of messages, and the resulting
  /// interfaces.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var links: [(UInt32, String)]
    var addresses: [(UInt32, String, String)]
    var expected: [String]
  }

  @Test(
    "Field case 14: cards and interfaces on cards are wired; container bridges and tunnels virtual"
  )
  func kinds() throws {
    var messages = Messages()
    messages.link(1, "lo", flags: 0x49, type: 772)
    messages.link(2, "eth0", master: 7)
    messages.link(3, "eth0.10", family: "vlan")
    messages.link(4, "docker0", family: "bridge")
    messages.link(5, "veth1a2b", family: "veth", master: 4)
    messages.link(6, "tailscale0", type: 65_534, family: "tun")
    messages.link(7, "br0", family: "bridge")
    messages.link(8, "wg0", type: 65_534, family: "wireguard")
    messages.link(9, "net0", family: "veth")
    messages.link(10, "bond0", family: "bond")
    messages.link(11, "ppp0", type: 512)
    messages.done()
    var parsed = InterfaceMessages()
    _ = try parsed.receive(messages.bytes)
    #expect(
      parsed.interfaces.map(\.kind) == [
        .loopback, .wired, .wired, .virtual, .wired, .virtual, .wired, .virtual, .wired, .wired,
        .virtual,
      ])
    #expect(
      parsed.interfaces.map(\.master) == [nil, 7, nil, nil, 4] + [nil, nil, nil, nil, nil, nil])
  }

  static let cases = [
    Case(
      testDescription: "no label", links: [(2, "eth0")], addresses: [(2, "10.0.0.1", "eth0")],
      expected: ["2 eth0 10.0.0.1"]),
    Case(
      testDescription: "label last", links: [(2, "eth0")],
      addresses: [(2, "10.0.0.1", "eth0"), (2, "10.0.0.2", "eth0:1")],
      expected: ["2 eth0 10.0.0.1 10.0.0.2"]),
    Case(
      testDescription: "label first", links: [(2, "eth0")],
      addresses: [(2, "10.0.0.2", "eth0:1"), (2, "10.0.0.1", "eth0")],
      expected: ["2 eth0 10.0.0.2 10.0.0.1"]),
    Case(
      testDescription: "only labels", links: [(2, "eth0")],
      addresses: [(2, "10.0.0.2", "eth0:1"), (2, "10.0.0.3", "eth0:av"), (2, "10.0.0.4", "eth0:")],
      expected: ["2 eth0 10.0.0.2 10.0.0.3 10.0.0.4"]),
    Case(
      testDescription: "a label on one of two", links: [(3, "eth1"), (2, "eth0")],
      addresses: [(3, "10.0.1.1", "eth1"), (2, "10.0.0.1", "eth0"), (3, "10.0.1.2", "eth1:1")],
      expected: ["2 eth0 10.0.0.1", "3 eth1 10.0.1.1 10.0.1.2"]),
    Case(
      testDescription: "a label equal to the name of another interface",
      links: [(2, "eth0"), (3, "eth01")],
      addresses: [(2, "10.0.0.1", "eth01"), (3, "10.0.1.1", "eth01")],
      expected: ["2 eth0 10.0.0.1", "3 eth01 10.0.1.1"]),
    Case(
      testDescription: "a label that begins with the name of another interface",
      links: [(2, "eth0"), (3, "eth01")],
      addresses: [(3, "10.0.1.1", "eth0:1"), (2, "10.0.0.1", "eth01:1")],
      expected: ["2 eth0 10.0.0.1", "3 eth01 10.0.1.1"]),
    Case(
      testDescription: "an interface without addresses", links: [(2, "eth0"), (3, "eth1")],
      addresses: [(2, "10.0.0.1", "eth0:1")], expected: ["2 eth0 10.0.0.1", "3 eth1"]),
    Case(
      testDescription: "an address whose interface has gone", links: [(2, "eth0")],
      addresses: [(7, "10.0.0.1", "eth7")], expected: ["2 eth0"]),
  ]

  @Test(
    "A label is not an interface; each address belongs to the index in its message",
    arguments: cases)
  func labels(_ test: Case) throws {
    var links = Messages()
    for (index, name) in test.links { links.link(index, name) }
    links.done()
    var addresses = Messages()
    for (index, address, label) in test.addresses {
      addresses.address(index, address, label: label)
    }
    addresses.done()
    var messages = InterfaceMessages()
    let areComplete = try [messages.receive(links.bytes), messages.receive(addresses.bytes)]
    #expect(areComplete == [true, true])
    let found = messages.interfaces.map {
      (["\($0.index)", $0.name] + $0.addresses.map(\.description)).joined(separator: " ")
    }
    #expect(found == test.expected)
    #expect(
      messages.interfaces.allSatisfy {
        $0.ethernetAddress == 0x0200_0000_0001 && $0.isUsable == !$0.addresses.isEmpty
      })
  }

  @Test("On a point-to-point link, the local address is used")
  func pointToPoint() throws {
    var bytes = Messages()
    bytes.link(4, "tun0", ethernet: [])
    bytes.address(4, "10.8.0.2", label: "tun0", peer: "10.8.0.1")
    var messages = InterfaceMessages()
    let isComplete = try messages.receive(bytes.bytes)
    #expect(!isComplete)
    #expect(messages.interfaces.map(\.addresses) == [[IPv4Address(bits: 0x0A08_0002)]])
    #expect(messages.interfaces.first?.ethernetAddress == nil)
  }

  @Test("A list that a change has interrupted is marked (NLM_F_DUMP_INTR)")
  func interrupted() throws {
    var bytes = Messages()
    bytes.link(2, "eth0", messageFlags: 2 | 0x10)
    bytes.done()
    var messages = InterfaceMessages()
    let isComplete = try messages.receive(bytes.bytes)
    #expect(isComplete && messages.isInterrupted)
  }

  @Test("The kernel's refusal is an error with its number")
  func refused() {
    var bytes = Messages()
    bytes.error(-1)
    var messages = InterfaceMessages()
    #expect(throws: SystemError(call: .rtnetlink, code: .notPermitted)) {
      try messages.receive(bytes.bytes)
    }
  }

  @Test("A truncated message is refused, and no message is read beyond its end")
  func cut() throws {
    var whole = Messages()
    whole.link(2, "eth0")
    for length in 1..<whole.bytes.count {
      var messages = InterfaceMessages()
      #expect(throws: SystemError.self, "cut to \(length) bytes") {
        try messages.receive(whole.bytes.prefix(length))
      }
      // With the shorter length in the header, a field or an attribute is truncated instead.
      var shortened = Array(whole.bytes.prefix(length))
      guard length >= 16 else { continue }
      shortened[0] = UInt8(length)
      var others = InterfaceMessages()
      _ = try? others.receive(shortened)
      #expect(others.interfaces.count <= 1)
    }
  }
}
