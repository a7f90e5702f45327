// SPDX-License-Identifier: MIT
public import RTP

/// How a receiver finds the media frame of a packet.
public enum Alignment: Hashable, Sendable, BitwiseCopyable {
  /// The sender's RTP clock is the PTP media clock plus this `mediaclk:direct` offset (CLK-03).
  case mediaClock(timestampOffset: UInt32)
  /// The sender has no PTP clock: its first packet is taken to have been sampled just before it
  /// arrived, and the others follow by their time stamps (CLK-05).
  case arrival
}

/// What a receiver of a stream needs to know. Plain values: it travels to the media thread in a queue.
public struct ReceiverSettings: Equatable, Sendable, BitwiseCopyable {
  public var encoding: SampleEncoding
  /// Where its channels go, 1 to ``DeviceFormat/channels``.
  public var route: ChannelRoute
  /// In frames, from a sender's sampling instant to capture (AES67, 7.4). Where it is automatic, what
  /// holds until it has been measured.
  public var linkOffset: Int64
  /// Where the link offset may go by itself; nil where it is fixed.
  public var automatic: OffsetBounds?
  /// Receivers of one group share their members' greatest link offset, so that their channels stay in
  /// phase: 0 to 63, or nil for a receiver that stands alone.
  public var group: Int?
  public var alignment: Alignment
  /// Nil accepts every payload type.
  public var payloadType: UInt8?
  /// The only IPv4 address that may send, in host order; nil accepts the first that does.
  public var source: UInt32?
  /// True if gaps are bridged and faded; else they are digital silence.
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

/// Where a packet came from.
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
