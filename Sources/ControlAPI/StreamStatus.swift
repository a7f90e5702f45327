// SPDX-License-Identifier: MIT

/// One sender as the status shows it.
public struct SenderStatus: Codable, Equatable, Sendable {
  /// The same through restart, rename and reload; never another stream's.
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
  /// Why the state is what it is, and what to do about it; null if nothing is wrong.
  public var error: String?
  public var health: StreamHealthStatus
  /// Those that left.
  public var packets: UInt64
  /// Not made, because the transmit thread came too late.
  public var dropped: UInt64
  /// Refused by this host's kernel.
  public var sendErrors: UInt64
  /// Kept back while there was no network, or while the far side refused the stream.
  public var withheld: UInt64
  /// RTCP reports about this stream that receivers have sent.
  public var receiverReports: UInt64

  /// In the answer to a change, false: it could not be written to the disk, and is forgotten at the next restart.
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

/// One receiver as the status shows it. Every packet is exactly one of `inTime` to `malformed`.
public struct ReceiverStatus: Codable, Equatable, Sendable {
  /// The same through restart, rename and reload; never another stream's.
  public var id: Int
  public var name: String
  public var address: String
  public var port: UInt16
  public var channels: Int
  /// The lowest device channel, from 1.
  public var firstChannel: Int
  /// The device channel of each channel, 0 for none; nil for a block from `firstChannel` on.
  public var map: [Int]?
  /// Whether it is one of the layout's, which leaves device channels to receivers that somebody asked for.
  public var yields: Bool
  /// The device channels that it leaves to others now, and takes again when those end.
  public var yielded: [YieldedChannels]
  public var encoding: String
  public var linkOffsetFrames: Int64
  public var state: ReceiverState
  /// Why the state is what it is, and what to do about it; null if nothing is wrong.
  public var error: String?
  public var health: StreamHealthStatus
  /// The session that it subscribes to, by the name or origin that was asked for; nil for one with an
  /// address of its own.
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

  /// In the answer to a change, false: it could not be written to the disk, and is forgotten at the next restart.
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
