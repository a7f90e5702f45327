// SPDX-License-Identifier: MIT
public import RTP

/// The way in which a receiver finds the media frame of a packet.
public enum Alignment: Hashable, Sendable, BitwiseCopyable {
  /// The sender's RTP clock is the PTP media clock plus this `mediaclk:direct` offset (CLK-03).
  case mediaClock(timestampOffset: UInt32)
  /// The sender has no PTP clock: its first packet is assumed to have been sampled just before it arrived, and
  /// the others follow by their timestamps (CLK-05).
  case arrival
}

/// The settings of a receiver in the engine. Plain values, which a queue passes to the media thread.
public struct ReceiverSettings: Equatable, Sendable, BitwiseCopyable {
  public var encoding: SampleEncoding
  /// The device channels of the stream's channels, 1 to ``DeviceFormat/channels``.
  public var route: ChannelRoute
  /// The link offset in frames, from a sender's sampling instant to capture (AES67, 7.4). If it is automatic,
  /// the value until it has been measured.
  public var linkOffset: Int64
  /// The limits of an automatic link offset; nil for a fixed one.
  public var automatic: OffsetBounds?
  /// Receivers of one group share their members' greatest link offset, so that their channels stay in phase: 0
  /// to 63, or nil for a receiver without a group.
  public var group: Int?
  public var alignment: Alignment
  /// The only accepted payload type; nil for any.
  public var payloadType: UInt8?
  /// The only IPv4 address that may send, in host order; nil accepts the first one that does.
  public var source: UInt32?
  /// True if gaps are bridged and faded; otherwise they are digital silence.
  public var conceals = true

  public init(
    encoding: SampleEncoding, route: ChannelRoute, linkOffset: Int64,
    automatic: OffsetBounds? = nil, group: Int? = nil, alignment: Alignment,
    payloadType: UInt8? = nil, source: UInt32? = nil
  ) {
    self.encoding = encoding
    self.route = route
    self.linkOffset = linkOffset
    self.automatic = automatic
    self.group = group
    self.alignment = alignment
    self.payloadType = payloadType
    self.source = source
  }

  var channels: Int { @_noLocks @_noAllocation get { route.channels } }
}

/// The source of a packet.
public struct PacketSource: Hashable, Sendable, BitwiseCopyable {
  /// IPv4, in host order.
  public var address: UInt32
  public var port: UInt16

  @inlinable @_noLocks @_noAllocation
  public init(address: UInt32, port: UInt16) {
    self.address = address
    self.port = port
  }

  @_noLocks @_noAllocation
  func isSame(_ other: PacketSource) -> Bool { address == other.address && port == other.port }
}
