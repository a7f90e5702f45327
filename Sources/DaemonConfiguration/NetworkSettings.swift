// SPDX-License-Identifier: MIT
package import Addressing

extension Configuration {
  /// The network of the streams, and the marking of their packets.
  package struct Network: Equatable, Sendable {
    package var interface = InterfaceChoice.automatic
    package var port: UInt16 = 5004
    package var ttl: UInt8 = 32
    /// The DSCP: AF41, as AES67 asks of RTP (6.2).
    package var dscp: UInt8 = 34
    /// True if programs on this host also receive our multicast.
    package var loopback = false
    /// The groups on which sessions are announced: AES67's, and that of the standard (SAP-01; RFC 2974, 3).
    package var announcementGroups = [
      IPv4Address(bits: 0xEFFF_FFFF), IPv4Address(bits: 0xE002_7FFE),
    ]

    package init() {}
  }
}

/// The interface of the streams.
package enum InterfaceChoice: Equatable, Sendable {
  /// The first interface that is up and can multicast, otherwise loopback.
  case automatic
  case named(String)

  /// The name of the interface; nil for automatic.
  package var name: String? {
    if case .named(let name) = self { name } else { nil }
  }
}

extension Codec where Value == InterfaceChoice {
  static var interface: Codec {
    Codec(
      ValueType(.text, words: ["auto"], expected: "auto or a name such as eth0"),
      text: { choice in
        switch choice {
        case .automatic: "auto"
        case .named(let name): name
        }
      },
      parse: { text in
        if text == "auto" { return .automatic }
        let isName =
          (1...15).contains(text.utf8.count) && !text.contains { $0 == "/" || $0.isWhitespace }
        return isName ? .named(text) : nil
      })
  }
}

extension Configuration.Network: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "interface", \.interface, .interface,
      "The network interface of streams and PTP; auto takes the first wired one with a link, otherwise a"
        + " wireless one, and a virtual one such as docker0 only if there is no other."
    ),
    Attribute(
      "port", \.port, .integer(1...65_535),
      "The default RTP port of senders and receivers."),
    Attribute(
      "ttl", \.ttl, .integer(1...255), "The time to live of multicast packets.", isInProfile: true),
    Attribute(
      "dscp", \.dscp, .integer(0...63),
      "The DSCP of RTP packets; AES67 asks for 34 (AF41).", isInProfile: true),
    Attribute(
      "loopback", \.loopback, .boolean,
      "Whether this host also receives its own multicast packets."),
    Attribute(
      "sap-groups", \.announcementGroups, .groups,
      "The multicast groups for announcing sessions, separated by commas. Sessions of others are received"
        + " on these and on 239.255.255.255, 224.2.127.254, 239.195.255.255 and 224.0.0.56."),
  ]
}

extension Codec where Value == [IPv4Address] {
  /// One to eight different multicast groups: a list, or text with commas.
  static var groups: Codec {
    let type = ValueType(.text, expected: "1 to 8 multicast groups, separated by commas")
    return Codec(
      type, text: { $0.map(\.description).joined(separator: ", ") },
      read: { node, _ throws(ValueError) in
        let words: [String]
        if case .sequence(let nodes) = node.value {
          words = nodes.map { $0.text ?? "?" }
        } else {
          words = try type.scalar(node).split(separator: ",").map { word in
            String(word.drop { $0 == " " })
          }
        }
        let groups = words.compactMap { IPv4Address($0) }.filter(\.isMulticast)
        guard groups.count == words.count, (1...8).contains(groups.count),
          Set(groups).count == groups.count
        else { throw type.refusal(of: words.joined(separator: ", ")) }
        return groups
      })
  }
}
