// SPDX-License-Identifier: MIT

/// One sender in the status.
public struct SenderStatus: Codable, Equatable, Sendable {
  /// The id, which is kept through restart, rename and reload, and never reused.
  public var id: Int
  public var name: String
  public var address: String
  public var port: UInt16
  public var channels: Int
  /// The lowest device channel, from 1.
  public var firstChannel: Int
  /// The device channel of each channel, 0 for none; nil for a block from `firstChannel` on.
  public var map: [Int]?
  public var packetTimeMicroseconds: Int
  public var payloadType: UInt8
  public var ssrc: UInt32
  public var state: SenderState
  /// The reason for the state, and how to fix it; null if there is no problem.
  public var error: String?
  public var health: StreamHealthStatus
  /// Packets that were sent.
  public var packets: UInt64
  /// Packets that were not made, because the transmit thread was too late.
  public var dropped: UInt64
  /// Packets that this host's kernel refused.
  public var sendErrors: UInt64
  /// Packets that were withheld, because there was no network or the receiver refused the stream.
  public var withheld: UInt64
  /// RTCP receiver reports about this stream.
  public var receiverReports: UInt64

  /// Only in the answer to a change, and false: the change could not be written to the disk, and is lost at the
  /// next restart.
  public var kept: Bool?

  public init(
    id: Int, name: String, address: String, port: UInt16, channels: Int, firstChannel: Int,
    packetTimeMicroseconds: Int, payloadType: UInt8, ssrc: UInt32, state: SenderState,
    error: String?, health: StreamHealthStatus = StreamHealthStatus(), packets: UInt64,
    dropped: UInt64, sendErrors: UInt64,
    withheld: UInt64, receiverReports: UInt64, map: [Int]? = nil
  ) {
    self.id = id
    self.name = name
    self.address = address
    self.port = port
    self.channels = channels
    self.firstChannel = firstChannel
    self.map = map
    self.packetTimeMicroseconds = packetTimeMicroseconds
    self.payloadType = payloadType
    self.ssrc = ssrc
    self.state = state
    self.error = error
    self.health = health
    self.packets = packets
    self.dropped = dropped
    self.sendErrors = sendErrors
    self.withheld = withheld
    self.receiverReports = receiverReports
  }
}

/// One receiver in the status. Each packet is counted in exactly one of `inTime` to `malformed`.
public struct ReceiverStatus: Codable, Equatable, Sendable {
  /// The id, which is kept through restart, rename and reload, and never reused.
  public var id: Int
  public var name: String
  public var address: String
  public var port: UInt16
  public var channels: Int
  /// The lowest device channel, from 1.
  public var firstChannel: Int
  /// The device channel of each channel, 0 for none; nil for a block from `firstChannel` on.
  public var map: [Int]?
  /// True if it is a default receiver of the layout, which yields device channels to explicitly configured
  /// receivers.
  public var yields: Bool
  /// The device channels that it yields to others now, and takes back when those end.
  public var yielded: [YieldedChannels]
  public var encoding: String
  public var linkOffsetFrames: Int64
  public var state: ReceiverState
  /// The reason for the state, and how to fix it; null if there is no problem.
  public var error: String?
  public var health: StreamHealthStatus
  /// The session that it subscribes to, by the requested name or origin; nil for a receiver with an address of
  /// its own.
  public var session: String?
  public var packets: UInt64
  public var inTime: UInt64
  public var late: UInt64
  public var early: UInt64
  public var duplicate: UInt64
  public var foreign: UInt64
  public var malformed: UInt64
  public var reordered: UInt64
  public var lost: UInt64
  public var resyncs: UInt64
  public var ssrc: UInt32
  public var timing: ReceiverTiming

  /// Only in the answer to a change, and false: the change could not be written to the disk, and is lost at the
  /// next restart.
  public var kept: Bool?

  public init(
    id: Int, name: String, address: String, port: UInt16, channels: Int, firstChannel: Int,
    encoding: String, linkOffsetFrames: Int64, state: ReceiverState, error: String?,
    health: StreamHealthStatus = StreamHealthStatus(),
    session: String? = nil, map: [Int]? = nil, yields: Bool = false,
    yielded: [YieldedChannels] = [], packets: UInt64, inTime: UInt64, late: UInt64,
    early: UInt64, duplicate: UInt64, foreign: UInt64, malformed: UInt64,
    reordered: UInt64, lost: UInt64, resyncs: UInt64, ssrc: UInt32,
    timing: ReceiverTiming = ReceiverTiming()
  ) {
    self.id = id
    self.name = name
    self.address = address
    self.port = port
    self.channels = channels
    self.firstChannel = firstChannel
    self.map = map
    self.yields = yields
    self.yielded = yielded
    self.encoding = encoding
    self.linkOffsetFrames = linkOffsetFrames
    self.state = state
    self.error = error
    self.health = health
    self.session = session
    self.packets = packets
    self.inTime = inTime
    self.late = late
    self.early = early
    self.duplicate = duplicate
    self.foreign = foreign
    self.malformed = malformed
    self.reordered = reordered
    self.lost = lost
    self.resyncs = resyncs
    self.ssrc = ssrc
    self.timing = timing
  }
}
