// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// A packet of the stream whose frames have a place.
struct IncomingPacket: BitwiseCopyable {
  let payloadOffset: Int
  /// The length in frames.
  let count: Int64
  /// The device frame of its timestamp, and the one in which its first frame was sampled. They differ if the
  /// sender's clock drifts.
  let stamped: DeviceFrame
  let sampled: DeviceFrame
  /// The number of packets missing before it, and the device frame after the last received one, before any link
  /// offset.
  var skipped = 0
  var gapStart = DeviceFrame(0)
  /// True if it arrived after a later one.
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
  /// The length in frames.
  private(set) var count: Int64 = 1
  /// The shorter of this packet and the shortest one before.
  private(set) var shortest: Int64 = 1
  /// The device frame after its last frame, before any link offset.
  var end: DeviceFrame { @_noLocks @_noAllocation get { sampled + count } }

  @_noLocks @_noAllocation
  init() {}

  /// - Parameter isFirst: true if the packet is the first of a run.
  @_noLocks @_noAllocation
  mutating func take(_ packet: RTPPacket, _ incoming: IncomingPacket, isFirst: Bool) {
    timestamp = packet.header.timestamp
    sampled = incoming.sampled
    count = incoming.count
    shortest = isFirst ? count : min(count, shortest)
  }

  /// Adjusts the packet after all places have moved by `frames`.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) { sampled = sampled + frames }
}

extension PacketNote {
  /// - Parameter count: the length in frames.
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
