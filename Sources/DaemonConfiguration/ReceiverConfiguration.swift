// SPDX-License-Identifier: MIT
package import Addressing
package import MediaClock
package import RTP

/// One stream that this host receives.
package struct ReceiverConfiguration: Equatable, Sendable, DeviceChannelUser {
  /// The relation of the stream's timestamps to our media clock.
  package enum Alignment: String, CaseIterable, Sendable {
    /// The timestamps are the media clock plus `timestampOffset`.
    case mediaClock = "media-clock"
    /// The timestamps have another clock: the arrival of the first packet decides (CLK-05).
    case arrival
  }

  package var name = ""
  /// The subscription; nil if address and format are configured here. With a subscription, `channels` is the
  /// number of channels reserved for it.
  package var subscription: Subscription? { didSet { yields = false } }
  /// A multicast group, or our own address.
  package var address = IPv4Address.any { didSet { yields = false } }
  package var port: UInt16 = 5004
  /// The only accepted sender; nil for any.
  package var source: IPv4Address?
  package var encoding = SampleEncoding.l24
  package var channels = 8 { didSet { yields = false } }
  package var firstChannel = 1 { didSet { yields = false } }
  package var map: ChannelMap? { didSet { yields = false } }
  /// The only accepted payload type; nil for any.
  package var payloadType: UInt8?
  package var linkOffset = LinkOffset.fixed(.milliseconds(3))
  /// The bounds of a measured link offset.
  package var bounds = PacketBounds()
  /// The assumed packet time until packets have arrived.
  package var packetTime = PacketTime.ms1
  package var alignment = Alignment.mediaClock
  /// The sender's offset to the media clock: SDP's `mediaclk:direct` (CLK-03).
  package var timestampOffset: UInt32 = 0
  /// The group with which it shares its link offset; nil for none.
  package var groupName: String? = ReceiverConfiguration.clockGroup
  /// True to bridge and fade gaps; otherwise they are digital silence.
  package var conceals = true
  package var isEnabled = true
  /// True if it yields device channels to receivers for which this is false. It is true for receivers of the
  /// layout, until their channels, address or subscription are set explicitly.
  package var yields = false

  /// The group of all receivers that follow the media clock.
  package static let clockGroup = "clock"

  package init() {}

  /// A receiver with the defaults of the section `streams`.
  package init(_ network: Configuration.Network, _ defaults: StreamDefaults) {
    port = network.port
    linkOffset = defaults.linkOffset
    bounds = defaults.bounds
    packetTime = defaults.packetTime
    conceals = defaults.concealment == .fade
  }

  /// The group with which it shares its link offset. A receiver with another clock is in no group of the media
  /// clock.
  package var group: String? {
    alignment == .arrival && groupName == Self.clockGroup ? nil : groupName
  }

  /// The link offset, or its initial value if it is measured: the maximum, so that nothing is late.
  package var initialLinkOffset: Interval {
    switch linkOffset {
    case .fixed(let interval): interval
    case .automatic:
      DeviceFormat.rate.interval(of: Int64(bounds.maximum * packetTime.frames))
    }
  }

  /// The same in frames, which limit its accuracy.
  package var linkOffsetFrames: Int64 { DeviceFormat.rate.frames(in: initialLinkOffset) }

  /// The bounds of an automatic link offset; nil for a fixed one.
  package var automaticBounds: PacketBounds? { linkOffset == .automatic ? bounds : nil }
}

extension ReceiverConfiguration: Attributed {
  private var addressSetting: IPv4Address {
    get { address }
    set { (address, subscription) = (newValue, nil) }
  }

  private static let hasFormat: @Sendable (Self) -> Bool = { $0.subscription == nil }

  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "name", \.name, .name, "The name of the stream, unique among the receivers.",
      example: "Stage right"),
    Attribute(
      "session", \.sessionName, .text(maximumLength: 512, expected: "a session's name or origin"),
      "An announced session, by its name, its origin, or its stream's address and port. Address and format come"
        + " from its description.",
      example: "Stage left",
      isWritten: { if case .session? = $0.subscription { true } else { false } }),
    Attribute(
      "sdp", \.description, Codec.description(isPath: true).optional(),
      "The path of an SDP file. Its first receivable stream is received.",
      example: "/etc/aes67/stage.sdp", scope: .file, isWritten: { _ in false }),
    Attribute(
      "sdp-text", \.description, Codec.description(isPath: false).optional(),
      "The text of an SDP description. Its first receivable stream is received.",
      isWritten: { $0.description != nil }),
    Attribute(
      "sdp-url", \.location, Codec<DescriptionURL>.descriptionURL.optional(),
      "The HTTP address of an SDP description. Its first receivable stream is received.",
      example: "http://10.0.0.9/by-name/Stage", isWritten: { $0.location != nil }),
    Attribute(
      "address", \.addressSetting, .streamAddress,
      "The multicast group, or this host's own address for a unicast stream.",
      example: "239.69.8.1", isWritten: hasFormat),
    Attribute(
      "port", \.port, .integer(1...65_535), "The RTP port.", inherits: "network.port",
      isWritten: hasFormat),
    Attribute(
      "source", \.source, Codec<IPv4Address>.hostAddress.or("any"),
      "The IPv4 address of the sender; packets from other addresses are ignored.",
      isWritten: hasFormat),
    Attribute(
      "encoding", \.encoding, .encoding, "The sample format in the packets.", isWritten: hasFormat),
    Attribute(
      "channels", \.channelSetting, .channels(isExclusive: true),
      "The number of channels; or the device channels themselves in the stream's order, such as"
        + " [17, 1-4, none], where none drops a channel."),
    Attribute(
      "first-channel", \.blockStart, .integer(1...DeviceFormat.channels),
      "The first device channel of the stream.", isWritten: { $0.map == nil }),
    Attribute(
      "payload-type", \.payloadType, Codec<UInt8>.payloadType.or("any"),
      "The RTP payload type; packets of another type are ignored.", isWritten: hasFormat),
    Attribute(
      "link-offset", \.linkOffset, .linkOffset,
      "The receive latency: the time from the sender's sampling instant to capture. auto measures it.",
      inherits: "streams.link-offset"),
    Attribute(
      "group", \.groupName, Codec<String>.text(maximumLength: 64, expected: "a name").or("none"),
      "Receivers of one group use the largest link offset among them, to stay in phase; clock is the group"
        + " of all receivers that follow the media clock."),
    Attribute(
      "alignment", \.alignment, .word,
      "The time reference for playing: media-clock for senders on the same PTP clock, arrival for"
        + " all others.", isWritten: hasFormat),
    Attribute(
      "timestamp-offset", \.timestampOffset, .integer(0...UInt32.max),
      "The RTP timestamp at media clock 0: the value of mediaclk:direct in its SDP.",
      isWritten: hasFormat),
    Attribute(
      "enabled", \.isEnabled, .boolean,
      "Whether the stream is received. false keeps its settings and leaves its channels silent."),
  ]

  package var problems: [ValidationError] {
    [channelProblem, linkOffset.problem(packetTime)].compactMap(\.self)
  }

  /// Its mistakes, by itself and beside the other receivers.
  package func problems(beside others: [ReceiverConfiguration]) -> [ValidationError] {
    problems
      + [nameProblem(name, others.map(\.name), "receiver"), overlapProblem(beside: others)]
      .compactMap(\.self)
  }

  /// The device channels that both fill, counted from 0.
  package func sharedChannels(with other: ReceiverConfiguration) -> [Int] {
    let filled = Set(other.route.compactMap(\.self))
    return route.compactMap(\.self).filter(filled.contains)
  }

  /// This receiver without the device channels that others fill.
  package func leaving(_ taken: Set<Int>) -> ReceiverConfiguration {
    guard !taken.isDisjoint(with: route.compactMap(\.self)) else { return self }
    var left = self
    left.map = ChannelMap(
      route.map { channel in channel.flatMap { taken.contains($0) ? nil : $0 + 1 } })
    return left
  }

  private func overlapProblem(beside others: [ReceiverConfiguration]) -> ValidationError? {
    for other in others where other.yields == yields {
      guard let channel = sharedChannels(with: other).first else { continue }
      return ValidationError(
        keys: ["first-channel", "channels"],
        message: "receiver \"\(other.name)\" already fills device channel \(channel + 1)")
    }
    return nil
  }
}

extension Codec where Value == SampleEncoding {
  static var encoding: Codec {
    let all: [SampleEncoding] = [.l24, .l16]
    return Codec(ValueType(.word(all.map(\.name))), text: \.name) { text in
      all.first { $0.name == text }
    }
  }
}
