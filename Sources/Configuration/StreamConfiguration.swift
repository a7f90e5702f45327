// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock
public import Session

/// One stream that this host sends.
public struct SenderConfiguration: Equatable, Sendable {
  public var name: String
  /// A multicast group, or one receiver.
  public var address: IPv4Address
  public var port: UInt16
  public var channels: Int
  /// The first device channel it carries; counts from 1, as in the file.
  public var firstChannel: Int
  public var packetTime: PacketTime
  public var payloadType: UInt8
  public var isEnabled = true
  /// What its channels are called: one name for each, some perhaps empty; or none at all.
  public var channelNames: [String] = []
  /// Whether the address is ours to choose, and to change when somebody else sends there (NET-03).
  public var hasAutomaticAddress = false
  /// Where its channels are no block of device channels. `firstChannel` is the lowest then.
  public var map: ChannelMap?

  package init(
    name: String, address: IPv4Address, port: UInt16, channels: Int, firstChannel: Int,
    packetTime: PacketTime, payloadType: UInt8, isEnabled: Bool = true,
    channelNames: [String] = [], hasAutomaticAddress: Bool = false, map: ChannelMap? = nil
  ) {
    self.name = name
    self.address = address
    self.port = port
    self.channels = channels
    self.firstChannel = firstChannel
    self.packetTime = packetTime
    self.payloadType = payloadType
    self.isEnabled = isEnabled
    self.channelNames = channelNames
    self.hasAutomaticAddress = hasAutomaticAddress
    self.map = map
  }

  /// From the lowest device channel it carries to the highest, counted from 0.
  public var deviceChannels: Range<Int> {
    map.map { $0.span.lowerBound - 1..<$0.span.upperBound }
      ?? firstChannel - 1..<firstChannel - 1 + channels
  }

  /// The device channel of each of its channels, counted from 0; nil for none.
  package var route: [Int?] {
    map.map { $0.channels.map { $0.map { $0 - 1 } } } ?? deviceChannels.map { .some($0) }
  }
}

/// What a receiver receives whose address and format are not its own to say.
public enum Subscription: Equatable, Sendable {
  /// A session that is announced on the network: its name, or its origin.
  case session(String)
  /// A stream that somebody has described, in a file of SDP.
  case description(StreamDescription)
  /// The stream that is described there, as it is described while it can be heard.
  case location(DescriptionURL)

  /// As it was asked for.
  package var name: String {
    switch self {
    case .session(let name): name
    case .description(let stream): stream.name
    case .location(let url): url.description
    }
  }
}

/// One stream that this host receives.
public struct ReceiverConfiguration: Equatable, Sendable {
  /// How samples look on the wire.
  public enum Encoding: String, CaseIterable, Sendable {
    case l24 = "L24"
    case l16 = "L16"
  }

  /// How the stream's timestamps relate to our media clock.
  public enum Alignment: String, CaseIterable, Sendable {
    /// They are the media clock, after `timestampOffset`.
    case mediaClock = "media-clock"
    /// They are anybody's: the first packet's arrival decides (CLK-05).
    case arrival
  }

  public var name: String
  /// A multicast group, or our own address.
  public var address: IPv4Address
  public var port: UInt16
  /// The only host that may send it; nil for any.
  public var source: IPv4Address?
  public var encoding: Encoding
  public var channels: Int
  /// The first device channel it fills; counts from 1, as in the file.
  public var firstChannel: Int
  /// The only payload type that is taken; nil for any.
  public var payloadType: UInt8?
  /// From the sender's sampling instant to capture (AES67, 7.4).
  public var linkOffset: Interval
  public var alignment: Alignment
  /// What the sender adds to the media clock: SDP's `mediaclk:direct` (CLK-03).
  public var timestampOffset: UInt32
  public var isEnabled = true
  /// Nil where address and format stand here; else they are what the subscription says, and `channels`
  /// is the room for them.
  public var subscription: Subscription?
  /// Where the link offset may go by itself; nil where it is fixed. `linkOffset` is then what holds
  /// until it has been measured.
  public var automaticOffset: AutomaticOffset?
  /// With whom it shares its link offset; nil for nobody.
  public var group: String?
  /// Whether gaps are bridged and faded; else they are digital silence.
  public var conceals = true
  /// Where its channels are no block of device channels. `firstChannel` is the lowest then.
  public var map: ChannelMap?

  package init(
    name: String, address: IPv4Address, port: UInt16, source: IPv4Address?, encoding: Encoding,
    channels: Int, firstChannel: Int, payloadType: UInt8?, linkOffset: Interval,
    alignment: Alignment, timestampOffset: UInt32, isEnabled: Bool = true,
    subscription: Subscription? = nil, automaticOffset: AutomaticOffset? = nil,
    group: String? = nil, conceals: Bool = true, map: ChannelMap? = nil
  ) {
    self.name = name
    self.address = address
    self.port = port
    self.source = source
    self.encoding = encoding
    self.channels = channels
    self.firstChannel = firstChannel
    self.payloadType = payloadType
    self.linkOffset = linkOffset
    self.alignment = alignment
    self.timestampOffset = timestampOffset
    self.isEnabled = isEnabled
    self.subscription = subscription
    self.automaticOffset = automaticOffset
    self.group = group
    self.conceals = conceals
    self.map = map
  }

  /// The group of all that follow the media clock.
  public static let clockGroup = "clock"

  /// From the lowest device channel it fills to the highest, counted from 0.
  public var deviceChannels: Range<Int> {
    map.map { $0.span.lowerBound - 1..<$0.span.upperBound }
      ?? firstChannel - 1..<firstChannel - 1 + channels
  }

  /// The device channel of each of its channels, counted from 0; nil for none.
  package var route: [Int?] {
    map.map { $0.channels.map { $0.map { $0 - 1 } } } ?? deviceChannels.map { .some($0) }
  }

  /// The link offset in frames, which is how exact it can be.
  public var linkOffsetFrames: Int64 { SampleRate.hz48000.frames(in: linkOffset) }
}

/// The bounds of a link offset that is measured, in packets (BUF-02).
public struct AutomaticOffset: Equatable, Sendable {
  public var least = 2
  public var greatest = 6
}
