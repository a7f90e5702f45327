// SPDX-License-Identifier: MIT
public import MediaClock
internal import RTP
internal import RealTime

/// The settings of a sender in the engine. Plain values, which a queue passes to the media thread.
public struct SenderSettings: Equatable, Sendable, BitwiseCopyable {
  /// The device channels of the stream's channels, 1 to ``DeviceFormat/channels``; channels x frames x 3 is at
  /// most 1440 bytes.
  public var route: ChannelRoute
  public var packetTime: PacketTime
  public var payloadType: UInt8
  public var ssrc: UInt32
  public var firstSequence: SequenceNumber
  /// The `mediaclk:direct` value; 0 except in tests (CLK-03).
  public var timestampOffset: UInt32

  public init(
    route: ChannelRoute, packetTime: PacketTime, payloadType: UInt8, ssrc: UInt32,
    firstSequence: SequenceNumber, timestampOffset: UInt32 = 0
  ) {
    self.route = route
    self.packetTime = packetTime
    self.payloadType = payloadType
    self.ssrc = ssrc
    self.firstSequence = firstSequence
    self.timestampOffset = timestampOffset
  }
}

/// One sent stream: its next packet, and when that is due.
///
/// A packet is due when its last frame has passed, never before (SND-02), and its first frame is a multiple of
/// the packet's length (CLK-06).
///
/// Not copyable, because it is large: it is changed in place.
@safe
struct Sender: ~Copyable {
  let route: ChannelRoute
  private let packetTime: PacketTime
  private let payloadType: UInt8
  private let ssrc: UInt32
  private let timestampOffset: UInt32
  // Safety: the counters outlive the sender; the daemon frees them when it has come back.
  private let countersAddress: UnsafePointer<SenderCounters>
  private(set) var sequence: SequenceNumber
  /// The first frame of the next packet.
  private(set) var next: MediaFrame

  @_noLocks @_noAllocation
  init(_ settings: SenderSettings, counters: UnsafePointer<SenderCounters>, from now: MediaFrame) {
    route = settings.route
    packetTime = settings.packetTime
    payloadType = settings.payloadType
    ssrc = settings.ssrc
    timestampOffset = settings.timestampOffset
    unsafe countersAddress = unsafe counters
    sequence = settings.firstSequence
    next = now.alignedUp(to: Int64(settings.packetTime.frames))
  }

  var frames: Int64 { @_noLocks @_noAllocation get { Int64(packetTime.frames) } }

  /// The frame at whose beginning the next packet is due.
  var due: MediaFrame { @_noLocks @_noAllocation get { next + frames } }

  /// Continues from the same device frame under another media offset. Less than a packet is skipped to reach
  /// the new grid, and the sequence continues.
  @_noLocks @_noAllocation
  mutating func rebase(from old: MediaOffset, to new: MediaOffset) {
    next = new.media(old.device(next)).alignedUp(to: frames)
  }

  /// Drops packets that were due more than `lateness` frames, or 17 packets, before `now`, and counts them.
  @_noLocks @_noAllocation
  mutating func drop(olderThan lateness: Int64, at now: MediaFrame) {
    let behind = now - due - min(lateness, 17 * frames)
    guard behind > 0 else { return }
    let count = (behind + frames - 1) / frames
    next = next + count * frames
    sequence.advance(by: Int(truncatingIfNeeded: count))
    unsafe countersAddress.pointee.dropped.add(Int(count))
  }

  /// Writes the next packet's header into `bytes` and steps to the one after it.
  @_noLocks @_noAllocation
  mutating func stepPacket(into bytes: inout MutableRawSpan) {
    RTPHeader(
      payloadType: payloadType, sequence: sequence,
      timestamp: RTPTimestamp(next, offset: timestampOffset), ssrc: ssrc
    ).write(into: &bytes)
    sequence.advance()
    next = next + frames
    unsafe countersAddress.pointee.packets.add()
  }
}
