// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// A packet of the stream whose frames have a place.
struct IncomingPacket: BitwiseCopyable {
  let payloadOffset: Int
  /// In frames.
  let count: Int64
  /// The device frame that its stamp means, and the one in which its first frame was sampled: not the
  /// same where the sender's clock runs off.
  let stamped: DeviceFrame
  let sampled: DeviceFrame
  /// Packets that are missing before it, and the device frame, before any link offset, behind the last
  /// one that came.
  var skipped = 0
  var gapStart = DeviceFrame(0)
  /// Came after a later one.
  var isReordered = false

  @_noLocks @_noAllocation
  init(_ packet: RTPPacket, count: Int64, stamped: DeviceFrame, sampled: DeviceFrame) {
    payloadOffset = packet.payloadOffset
    self.count = count
    self.stamped = stamped
    self.sampled = sampled
  }
}

/// The packet with the highest sequence number.
struct NewestPacket: BitwiseCopyable {
  private(set) var timestamp = RTPTimestamp(0)
  /// The device frame in which its first frame was sampled.
  private(set) var sampled = DeviceFrame(0)
  /// In frames.
  private(set) var count: Int64 = 1
  /// Of the shortest packet before, and of this one.
  private(set) var shortest: Int64 = 1
  /// Behind its last frame, in device frames before any link offset.
  var end: DeviceFrame { @_noLocks @_noAllocation get { sampled + count } }

  @_noLocks @_noAllocation
  init() {}

  /// - Parameter isFirst: the packet is the first of a run.
  @_noLocks @_noAllocation
  mutating func take(_ packet: RTPPacket, _ incoming: IncomingPacket, isFirst: Bool) {
    timestamp = packet.header.timestamp
    sampled = incoming.sampled
    count = incoming.count
    shortest = isFirst ? count : min(count, shortest)
  }

  /// All places have been moved by `frames`.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) { sampled = sampled + frames }
}

extension PacketNote {
  /// - Parameter count: of frames.
  @_noLocks @_noAllocation
  init(
    _ packet: RTPPacket, _ count: Int64, from origin: PacketSource, at moment: ReceiveMoment
  ) {
    self.init()
    arrival = moment.now
    timestamp = packet.header.timestamp.value
    ssrc = packet.header.ssrc
    address = origin.address
    port = origin.port
    sequence = packet.header.sequence.value
    frames = UInt16(clamping: count)
  }
}
