// SPDX-License-Identifier: MIT
package import Addressing
package import MediaClock

/// One stream that this host sends.
package struct SenderConfiguration: Equatable, Sendable, DeviceChannelUser {
  package var name = ""
  /// A multicast group, or one receiver; `any` until an automatic address has been chosen.
  package var address = IPv4Address.any
  /// True if the daemon chooses the address, and changes it if another device sends there (NET-03).
  package var hasAutomaticAddress = false
  package var port: UInt16 = 5004
  package var channels = 8
  package var firstChannel = 1
  package var map: ChannelMap?
  package var packetTime = PacketTime.ms1
  package var payloadType: UInt8 = 98
  /// The time to live of its packets; nil for the network's setting.
  package var ttl: UInt8?
  package var dscp: UInt8?
  package var isEnabled = true
  /// The names of its channels: one for each, some of them empty; or none at all.
  package var channelNames: [String] = []

  package init() {}

  /// A sender with the defaults of the section `streams`.
  package init(_ network: Configuration.Network, _ defaults: StreamDefaults) {
    port = network.port
    packetTime = defaults.packetTime
    payloadType = defaults.payloadType
  }
}

extension SenderConfiguration: Attributed {
  /// The configured address; nil for automatic.
  private var addressSetting: IPv4Address? {
    get { hasAutomaticAddress ? nil : address }
    set {
      hasAutomaticAddress = newValue == nil
      address = newValue ?? .any
    }
  }

  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "name", \.name, .name, "The name of the stream, unique among the senders.",
      example: "Stage left"),
    Attribute(
      "address", \.addressSetting, Codec<IPv4Address>.streamAddress.or("auto"),
      "The multicast group, or the address of one receiver; auto takes an unused group below layout.base,"
        + " and keeps it.", example: "239.69.7.1"),
    Attribute(
      "port", \.port, .integer(1...65_535), "The RTP port.", inherits: "network.port"),
    Attribute(
      "channels", \.channelSetting, .channels(isExclusive: false),
      "The number of channels; or the device channels themselves in the stream's order, such as"
        + " [17, 1-4, none], where none sends silence."),
    Attribute(
      "first-channel", \.blockStart, .integer(1...DeviceFormat.channels),
      "The first device channel of the stream.", isWritten: { $0.map == nil }),
    Attribute(
      "packet-time", \.packetTime, .packetTime, "The duration of audio in each packet.",
      inherits: "streams.packet-time"),
    Attribute(
      "payload-type", \.payloadType, .payloadType, "The RTP payload type.",
      inherits: "streams.payload-type"),
    Attribute(
      "ttl", \.ttl, Codec<UInt8>.integer(1...255).or("network"),
      "The time to live of its packets; network uses network.ttl."),
    Attribute(
      "dscp", \.dscp, Codec<UInt8>.integer(0...63).or("network"),
      "The DSCP of its packets; network uses network.dscp."),
    Attribute(
      "enabled", \.isEnabled, .boolean,
      "Whether the stream is sent. false keeps its settings and sends nothing."
    ),
    Attribute(
      "channel-names", \.channelNames, .channelNames,
      "The channel names in its SDP, separated by commas. Without names, channels are called CH and their number.",
      example: "Left, Right", isWritten: { !$0.channelNames.isEmpty }),
  ]

  package var problems: [ValidationError] { [channelProblem, payloadProblem].compactMap(\.self) }

  /// An error if the payload does not fit into a packet (AES-10).
  private var payloadProblem: ValidationError? {
    let most = min(packetTime.maximumChannels, DeviceFormat.channels)
    guard channels > most else { return nil }
    let bytes = channels * packetTime.frames * 3
    return ValidationError(
      keys: ["channels"],
      message: "\(channels) channels of \(packetTime.configured) make a payload of \(bytes) bytes;"
        + " 1440 fit: at most \(most) channels at this packet time")
  }

  /// Its mistakes, by itself and beside the other senders.
  package func problems(beside others: [SenderConfiguration]) -> [ValidationError] {
    problems
      + [nameProblem(name, others.map(\.name), "sender"), addressProblem(beside: others)]
      .compactMap(\.self)
  }

  private func addressProblem(beside others: [SenderConfiguration]) -> ValidationError? {
    guard address != .any,
      let other = others.last(where: { $0.address == address && $0.port == port })
    else { return nil }
    return ValidationError(
      keys: ["address"],
      message: "sender \"\(other.name)\" already sends to \(address):\(port); receivers could not"
        + " tell the two apart")
  }
}

/// An error if another stream of the same direction has this name.
func nameProblem(_ name: String, _ others: [String], _ direction: String) -> ValidationError? {
  guard others.contains(name) else { return nil }
  return ValidationError(
    keys: ["name"],
    message: "there is already a \(direction) \"\(name)\"; choose another name, or change that one")
}

extension PacketTime {
  /// The greatest number of L24 channels that fit in a packet (AES-09, AES-10).
  var maximumChannels: Int { maximumL24Channels }
}

extension Codec where Value == [String] {
  /// Channel names with commas between, as in SDP.
  static var channelNames: Codec {
    Codec(
      ValueType(.text, expected: "names separated by commas"),
      text: { $0.joined(separator: ", ") },
      parse: { text in
        guard text.utf8.count <= 2048, text.isOneVisibleLine else { return nil }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { name in
          String(name.drop { $0 == " " })
        }
      })
  }
}
