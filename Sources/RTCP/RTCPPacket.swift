// SPDX-License-Identifier: MIT

/// The reason why bytes are not a compound RTCP packet.
public enum RTCPError: Error, Equatable, Sendable {
  case truncated(needed: Int, got: Int)
  case version(UInt8)
  /// The first packet of a compound is not a report (RFC 3550, 6.1).
  case firstType(UInt8)
  case padding(UInt8)
  /// A packet is too short for the items that it counts.
  case contents(type: UInt8)
}

/// A participant's names: CNAME, and the rest of SDES (RFC 3550, 6.5).
public struct SourceDescription: Hashable, Sendable {
  /// The item types that this host uses.
  public enum Item: UInt8, Sendable {
    case cname = 1
    case name = 2
    case tool = 6
  }

  public var ssrc: UInt32
  /// The items in the order of the packet; types as on the wire.
  public var items: [(type: UInt8, text: String)]

  public init(ssrc: UInt32, items: [(type: UInt8, text: String)]) {
    self.ssrc = ssrc
    self.items = items
  }

  public init(ssrc: UInt32, cname: String) {
    self.init(ssrc: ssrc, items: [(Item.cname.rawValue, cname)])
  }

  public var cname: String? { items.first { $0.type == Item.cname.rawValue }?.text }

  public static func == (left: SourceDescription, right: SourceDescription) -> Bool {
    left.ssrc == right.ssrc && left.items.elementsEqual(right.items, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ssrc)
    for item in items { hasher.combine(item.text) }
  }
}

/// One packet of a compound RTCP packet (RFC 3550, 6).
///
/// A pure value for the control side: no media thread handles RTCP. Types that are not used here are kept as
/// numbers, so that a compound with them can be read nevertheless.
public enum RTCPPacket: Hashable, Sendable {
  case senderReport(ssrc: UInt32, SenderInfo, [ReceptionReport])
  case receiverReport(ssrc: UInt32, [ReceptionReport])
  case sourceDescription([SourceDescription])
  case goodbye([UInt32], reason: String?)
  case other(type: UInt8)

  /// Packet types on the wire.
  enum Kind {
    static let senderReport: UInt8 = 200
    static let receiverReport: UInt8 = 201
    static let sourceDescription: UInt8 = 202
    static let goodbye: UInt8 = 203
  }
}

/// The content of one datagram: a report, then any other packets.
public struct RTCPCompound: Hashable, Sendable {
  public var packets: [RTCPPacket]

  public init(_ packets: [RTCPPacket]) { self.packets = packets }

  /// A sender's regular message: its report, and its name.
  public static func report(
    of ssrc: UInt32, _ info: SenderInfo, cname: String
  ) -> RTCPCompound {
    RTCPCompound([
      .senderReport(ssrc: ssrc, info, []),
      .sourceDescription([SourceDescription(ssrc: ssrc, cname: cname)]),
    ])
  }

  /// A sender's last message.
  public static func goodbye(of ssrc: UInt32, cname: String) -> RTCPCompound {
    RTCPCompound([
      .receiverReport(ssrc: ssrc, []),
      .sourceDescription([SourceDescription(ssrc: ssrc, cname: cname)]),
      .goodbye([ssrc], reason: nil),
    ])
  }

  /// A receiver's regular message about the senders that it receives; at most 31 reports are written.
  public static func report(
    of ssrc: UInt32, about reports: [ReceptionReport], cname: String
  ) -> RTCPCompound {
    RTCPCompound([
      .receiverReport(ssrc: ssrc, reports),
      .sourceDescription([SourceDescription(ssrc: ssrc, cname: cname)]),
    ])
  }

  /// The first sender report, if there is one.
  public var senderReport: (ssrc: UInt32, info: SenderInfo)? {
    for packet in packets {
      if case .senderReport(let ssrc, let info, _) = packet { return (ssrc, info) }
    }
    return nil
  }

  /// The sources that leave, by BYE packets.
  public var leaving: [UInt32] {
    packets.flatMap { packet -> [UInt32] in
      if case .goodbye(let sources, _) = packet { sources } else { [] }
    }
  }
}
