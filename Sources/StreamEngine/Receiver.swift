// SPDX-License-Identifier: MIT
internal import MediaClock
public import RTP
internal import RealTime

/// How a receiver finds the media frame of a packet.
public enum Alignment: Hashable, Sendable, BitwiseCopyable {
  /// The sender's RTP clock is the PTP media clock plus this `mediaclk:direct` offset (CLK-03).
  case mediaClock(timestampOffset: UInt32)
  /// The sender has no PTP clock: its first packet is taken to have been sampled just before it
  /// arrived, and the others follow by their time stamps (CLK-05).
  case arrival
}

/// What a receiver of a stream needs to know. Plain values: it travels to the media thread in a queue.
public struct ReceiverSettings: Hashable, Sendable, BitwiseCopyable {
  public var encoding: SampleEncoding
  /// 1 to 64.
  public var channels: Int
  /// The device channel of the stream's first, from 0.
  public var firstChannel: Int
  /// In frames, from a sender's sampling instant to capture (AES67, 7.4).
  public var linkOffset: Int64
  public var alignment: Alignment
  /// Nil accepts every payload type.
  public var payloadType: UInt8?
  /// The only IPv4 address that may send, in host order; nil accepts the first that does.
  public var source: UInt32?

  public init(
    encoding: SampleEncoding, channels: Int, firstChannel: Int, linkOffset: Int64,
    alignment: Alignment, payloadType: UInt8? = nil, source: UInt32? = nil
  ) {
    self.encoding = encoding
    self.channels = channels
    self.firstChannel = firstChannel
    self.linkOffset = linkOffset
    self.alignment = alignment
    self.payloadType = payloadType
    self.source = source
  }
}

/// Where a packet came from.
public struct PacketSource: Hashable, Sendable, BitwiseCopyable {
  /// IPv4, in host order.
  public var address: UInt32
  public var port: UInt16

  @inlinable
  public init(address: UInt32, port: UInt16) {
    self.address = address
    self.port = port
  }

  @_noLocks @_noAllocation
  func isSame(_ other: PacketSource) -> Bool { address == other.address && port == other.port }
}

/// The clock as a receiver needs it for one batch of packets.
struct ReceiveMoment: BitwiseCopyable {
  var now: DeviceFrame
  var offset: MediaOffset
  /// The first frame that no program can have read yet.
  var playHead: DeviceFrame { @_noLocks @_noAllocation get { now + 1 } }
}

/// One stream on its way in: checks each packet, finds its frames' place, and counts.
@safe
struct Receiver: BitwiseCopyable {
  /// A source that was heard within this many frames keeps others out: 100 ms.
  static var patience: Int64 { @_noLocks @_noAllocation get { 4800 } }
  /// So many packets in a row out of the window, and a stream aligned by arrival is aligned anew.
  static var strays: Int { @_noLocks @_noAllocation get { 64 } }

  let settings: ReceiverSettings
  // Safety: the counters outlive the receiver; the daemon frees them when it has come back.
  private let countersAddress: UnsafePointer<ReceiverCounters>
  private var tracker = SequenceTracker()
  private var source = PacketSource(address: 0, port: 0)
  private var ssrc: UInt32 = 0
  private var lastHeard = DeviceFrame(0)
  private var timestampOffset: UInt32
  /// Of the packet with the highest sequence number: its stamp, its first frame, its length.
  private var newestTimestamp = RTPTimestamp(0)
  private var newestFrame = DeviceFrame(0)
  private var newestCount: Int64 = 1
  private var straying = 0
  private var isAligned = false

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings, counters: UnsafePointer<ReceiverCounters>) {
    self.settings = settings
    unsafe countersAddress = unsafe counters
    switch settings.alignment {
    case .mediaClock(let offset): timestampOffset = offset
    case .arrival: timestampOffset = 0
    }
  }

  /// Takes in one packet.
  @_noLocks @_noAllocation
  mutating func receive(
    _ bytes: RawSpan, from origin: PacketSource, at moment: ReceiveMoment,
    into ring: borrowing CaptureRing
  ) {
    let counters = unsafe countersAddress
    if let only = settings.source, only != origin.address {
      return unsafe counters.pointee.foreign.add()
    }
    guard let packet = try? RTPPacket(parsing: bytes), let count = frameCount(packet) else {
      return unsafe counters.pointee.malformed.add()
    }
    guard listen(to: packet, from: origin, at: moment) else {
      return unsafe counters.pointee.foreign.add()
    }
    lastHeard = moment.now

    var lost = 0
    let verdict = tracker.receive(packet.header.sequence, lost: &lost)
    unsafe counters.pointee.lost.add(lost)
    var isReordered = false
    switch verdict {
    case .duplicate: return unsafe counters.pointee.duplicate.add()
    case .ancient: return unsafe counters.pointee.late.add()
    case .reordered:
      isReordered = true
      unsafe counters.pointee.reordered.add()
    case .restarted:
      unsafe counters.pointee.resyncs.add()
      align(packet, count: count, at: moment)
    case .newest(let skipped):
      followTimestamp(packet, skipped: skipped, count: count, at: moment)
    }
    let frame = place(packet, at: moment)
    if !isReordered {
      newestTimestamp = packet.header.timestamp
      newestFrame = frame
      newestCount = count
    }
    write(bytes, packet, count: count, at: frame, moment, into: ring)
  }

  /// Counts the gaps whose deadline has passed.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) {
    guard tracker.isStarted else { return }
    let ahead = newestFrame - moment.playHead
    let limit = ahead < 0 ? tracker.highest + 1 : tracker.highest - ahead / newestCount
    let lost = tracker.settle(below: limit)
    unsafe countersAddress.pointee.lost.add(lost)
  }

  /// The packet's length in frames, or nil when it is not of the agreed format (AES-08, RTP-08).
  @_noLocks @_noAllocation
  private func frameCount(_ packet: RTPPacket) -> Int64? {
    if let expected = settings.payloadType, expected != packet.header.payloadType { return nil }
    let frameBytes = settings.channels * settings.encoding.bytesPerSample
    guard packet.payloadCount > 0, packet.payloadCount % frameBytes == 0 else { return nil }
    return Int64(packet.payloadCount / frameBytes)
  }

  /// Whether this packet is of the stream that we follow. Another SSRC of the same source is the same
  /// sender begun anew (RTP-05); another source must wait until the present one has fallen silent.
  @_noLocks @_noAllocation
  private mutating func listen(
    to packet: RTPPacket, from origin: PacketSource, at moment: ReceiveMoment
  ) -> Bool {
    if tracker.isStarted {
      if packet.header.ssrc == ssrc, origin.isSame(source) { return true }
      let silent = moment.now - lastHeard >= Receiver.patience
      guard silent || origin.isSame(source) else { return false }
      unsafe countersAddress.pointee.resyncs.add()
      settleAll()
    }
    source = origin
    ssrc = packet.header.ssrc
    unsafe countersAddress.pointee.ssrc.set(UInt64(ssrc))
    tracker = SequenceTracker()
    isAligned = false
    return true
  }

  /// What the old run still owes will not come any more.
  @_noLocks @_noAllocation
  private mutating func settleAll() {
    let lost = tracker.settle(below: tracker.highest + 1)
    unsafe countersAddress.pointee.lost.add(lost)
  }

  /// Checks that time went on as the sequence did; a stream aligned by arrival is aligned anew where
  /// it did not.
  @_noLocks @_noAllocation
  private mutating func followTimestamp(
    _ packet: RTPPacket, skipped: Int, count: Int64, at moment: ReceiveMoment
  ) {
    guard isAligned else { return align(packet, count: count, at: moment) }
    let elapsed = Int64(packet.header.timestamp.distance(from: newestTimestamp))
    guard elapsed != Int64(skipped + 1) * newestCount else { return }
    unsafe countersAddress.pointee.resyncs.add()
    align(packet, count: count, at: moment)
  }

  /// Takes this packet as sampled just before it arrived, where that is the receiver's way.
  @_noLocks @_noAllocation
  private mutating func align(_ packet: RTPPacket, count: Int64, at moment: ReceiveMoment) {
    isAligned = true
    guard case .arrival = settings.alignment else { return }
    let sampled = moment.offset.media(moment.now) + -count
    timestampOffset =
      packet.header.timestamp.value &- UInt32(truncatingIfNeeded: sampled.index)
    straying = 0
  }

  /// The device frame at which the packet's first frame is due.
  @_noLocks @_noAllocation
  private func place(_ packet: RTPPacket, at moment: ReceiveMoment) -> DeviceFrame {
    let media = packet.header.timestamp.frame(
      offset: timestampOffset, near: moment.offset.media(moment.now))
    return moment.offset.device(media) + settings.linkOffset
  }

  @_noLocks @_noAllocation
  private mutating func write(
    _ bytes: RawSpan, _ packet: RTPPacket, count: Int64, at frame: DeviceFrame,
    _ moment: ReceiveMoment, into ring: borrowing CaptureRing
  ) {
    let counters = unsafe countersAddress
    guard frame + count <= ring.end else {
      unsafe counters.pointee.early.add()
      return stray()
    }
    let behind = max(0, moment.playHead - frame)
    if behind < count {
      ring.write(
        bytes, at: packet.payloadOffset, encoding: settings.encoding, channels: settings.channels,
        firstChannel: settings.firstChannel, skipping: Int(behind), count: Int(count - behind),
        at: frame + behind)
    }
    if behind > 0 {
      unsafe counters.pointee.late.add()
      stray()
    } else {
      unsafe counters.pointee.inTime.add()
      straying = 0
    }
  }

  @_noLocks @_noAllocation
  private mutating func stray() {
    straying += 1
    guard straying >= Receiver.strays, case .arrival = settings.alignment else { return }
    // Begin anew with the next packet.
    unsafe countersAddress.pointee.resyncs.add()
    settleAll()
    tracker = SequenceTracker()
    isAligned = false
    straying = 0
  }
}
