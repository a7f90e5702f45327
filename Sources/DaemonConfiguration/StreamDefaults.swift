// SPDX-License-Identifier: MIT
package import MediaClock

/// The section `streams`: defaults for every stream.
package struct StreamDefaults: Equatable, Sendable {
  package var packetTime = PacketTime.ms1
  package var linkOffset = LinkOffset.fixed(.milliseconds(3))
  package var bounds = PacketBounds()
  package var concealment = Concealment.fade
  package var payloadType: UInt8 = 98
  /// The age from which a sender drops packets, because it woke too late.
  package var maxLateness = Interval.milliseconds(17)

  package init() {}
}

extension StreamDefaults: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "packet-time", \.packetTime, .packetTime, "The duration of audio in each packet.",
      isInProfile: true),
    Attribute(
      "link-offset", \.linkOffset, .linkOffset,
      "The receive latency: the time from a sender's sampling instant to capture. auto measures it, and uses"
        + " one value for all receivers of a group.", isInProfile: true),
    Attribute(
      "min-packets", \.bounds.minimum, .integer(PacketBounds.range, unit: "packets"),
      "The smallest link offset that auto may choose.", former: ["least-packets"],
      isInProfile: true),
    Attribute(
      "max-packets", \.bounds.maximum, .integer(PacketBounds.range, unit: "packets"),
      "The largest link offset that auto may choose.", former: ["greatest-packets"],
      isInProfile: true),
    Attribute(
      "concealment", \.concealment, .word,
      "The replacement of lost packets: fade bridges single packets and fades out longer gaps; silence leaves"
        + " them silent."),
    Attribute(
      "payload-type", \.payloadType, .payloadType, "The RTP payload type of senders."),
    Attribute(
      "max-lateness", \.maxLateness, .time(.milliseconds(1) ... .milliseconds(100)),
      "The maximum delay of a sender's packets after a stall of this host. It drops packets that are later"
        + " than this, or than 17 packet times.",
      isInProfile: true),
  ]

  package var problems: [ValidationError] {
    let order = ValidationError(
      keys: ["min-packets"],
      message: "\(bounds.minimum) is more than max-packets, which is \(bounds.maximum)")
    return (bounds.minimum > bounds.maximum ? [order] : [])
      + [linkOffset.problem(packetTime)].compactMap(\.self)
  }
}

extension Codec where Value == UInt8 {
  /// A dynamic payload type (RFC 3551, 6).
  static var payloadType: Codec { .integer(96...127) }
}
