// SPDX-License-Identifier: MIT
public import MediaClock
internal import RTP
internal import RealTime

/// What a sender of a stream needs to know. Plain values: it travels to the media thread in a queue.
public struct SenderSettings: Hashable, Sendable, BitwiseCopyable {
  /// 1 to 64, and channels x frames x 3 at most 1440 bytes.
  public var channels: Int
  /// The device channel of the stream's first, from 0.
  public var firstChannel: Int
  public var packetTime: PacketTime
  public var payloadType: UInt8
  public var ssrc: UInt32
  public var firstSequence: SequenceNumber
  /// The `mediaclk:direct` value; 0 unless a test says otherwise (CLK-03).
  public var timestampOffset: UInt32

  public init(
    channels: Int, firstChannel: Int, packetTime: PacketTime, payloadType: UInt8, ssrc: UInt32,
    firstSequence: SequenceNumber, timestampOffset: UInt32 = 0
  ) {
    self.channels = channels
    self.firstChannel = firstChannel
    self.packetTime = packetTime
    self.payloadType = payloadType
    self.ssrc = ssrc
    self.firstSequence = firstSequence
    self.timestampOffset = timestampOffset
  }
}

/// One stream on its way out: which packet comes next, and when it is due.
///
/// A packet is due when its last frame has passed, never before (SND-02), and its first frame is a
/// multiple of the packet's length (CLK-06).
@safe
struct Sender: BitwiseCopyable {
  let settings: SenderSettings
  // Safety: the counters outlive the sender; the daemon frees them when it has come back.
  private let countersAddress: UnsafePointer<SenderCounters>
  private(set) var sequence: SequenceNumber
  /// First frame of the next packet.
  private(set) var next: MediaFrame

  @_noLocks @_noAllocation
  init(_ settings: SenderSettings, counters: UnsafePointer<SenderCounters>, from now: MediaFrame) {
    self.settings = settings
    unsafe countersAddress = unsafe counters
    sequence = settings.firstSequence
    next = now.alignedUp(to: Int64(settings.packetTime.frames))
  }

  var frames: Int64 { @_noLocks @_noAllocation get { Int64(settings.packetTime.frames) } }

  /// The frame whose beginning makes the next packet due.
  var due: MediaFrame { @_noLocks @_noAllocation get { next + frames } }

  var counters: UnsafePointer<SenderCounters> {
    @_noLocks @_noAllocation get { unsafe countersAddress }
  }

  /// Goes on from the same device frame under another media offset: less than a packet is skipped, to
  /// reach the new grid, and the sequence goes on.
  @_noLocks @_noAllocation
  mutating func rebase(from old: MediaOffset, to new: MediaOffset) {
    next = new.media(old.device(next)).alignedUp(to: frames)
  }

  /// Gives up packets that were due more than `lateness` frames before `now`, and counts them.
  @_noLocks @_noAllocation
  mutating func drop(olderThan lateness: Int64, at now: MediaFrame) {
    let behind = now - due - lateness
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
      payloadType: settings.payloadType, sequence: sequence,
      timestamp: RTPTimestamp(next, offset: settings.timestampOffset), ssrc: settings.ssrc
    ).write(into: &bytes)
    sequence.advance()
    next = next + frames
    unsafe countersAddress.pointee.packets.add()
  }
}
