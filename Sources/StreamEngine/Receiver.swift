// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// The clock as a receiver needs it for one batch of packets.
struct ReceiveMoment: BitwiseCopyable {
  var now: DeviceFrame
  var offset: MediaOffset
  /// The first frame that no program can have read yet.
  var playHead: DeviceFrame { @_noLocks @_noAllocation get { now + 1 } }
}

/// One stream on its way in: checks each packet, finds its frames' place, and counts.
///
/// Which frame a packet's time stamp means is in `ReceiverPlace`, how its samples come into the ring
/// in `Receiver+Writing`.
///
/// Not copyable, because it is large: the compiler then copies it nowhere by itself.
@safe
struct Receiver: ~Copyable {
  /// A source that was heard within this many frames keeps others out: 100 ms.
  static var patience: Int64 { @_noLocks @_noAllocation get { 4800 } }

  /// After such a pause a sequence that goes backwards is a new one, not an old packet: 1 s.
  static var longPause: Int64 { @_noLocks @_noAllocation get { 48_000 } }

  let settings: ReceiverSettings
  // Safety: the counters outlive the receiver; the daemon frees them when it has come back.
  let countersAddress: UnsafePointer<ReceiverCounters>
  var tracker = SequenceTracker()
  var source = PacketSource(address: 0, port: 0)
  var ssrc: UInt32 = 0
  var lastHeard = DeviceFrame(0)
  var place: ReceiverPlace
  var glitches = GlitchRecorder()
  /// In force, in frames.
  var linkOffset: Int64
  var control: OffsetControl?
  var crossover: Crossover?
  var retiming: Retiming
  /// Of the packet with the highest sequence number: its stamp, the frame in which its first was
  /// sampled, its length.
  var newestTimestamp = RTPTimestamp(0)
  var newestSampled = DeviceFrame(0)
  var newestCount: Int64 = 1
  /// What was heard last has been faded out already.
  var isFadedOut = true
  var hasNewWish = true
  /// Has its group's offset.
  var isSettled = false
  private var lastTransit: Int64 = 0
  private var jitter: Int64 = 0

  @_noLocks @_noAllocation
  init(
    _ settings: ReceiverSettings, counters: UnsafePointer<ReceiverCounters>, _ resampler: Resampler
  ) {
    self.settings = settings
    retiming = Retiming(resampler)
    unsafe countersAddress = unsafe counters
    place = ReceiverPlace(settings.alignment)
    linkOffset = settings.linkOffset
    if let bounds = settings.automatic { control = OffsetControl(bounds) }
    unsafe counters.pointee.linkOffset.set(UInt64(bitPattern: linkOffset))
    unsafe counters.pointee.unsynchronised.set(place.isByArrival ? 1 : 0)
    unsafe counters.pointee.rate.set(0)
  }

  /// What this receiver needs of its group, in frames; 0 while it does not know.
  var wantedOffset: Int64 {
    @_noLocks @_noAllocation get {
      if let control { return control.wanted }
      return settings.linkOffset
    }
  }

  var isSounding: Bool { @_noLocks @_noAllocation get { tracker.isStarted && !isFadedOut } }

  /// Whether the receiver wants another link offset than when it was asked last.
  @_noLocks @_noAllocation
  mutating func takeNewWish() -> Bool {
    let has = hasNewWish
    hasNewWish = false
    return has
  }

  /// Behind the last frame that was written, in device frames before any offset.
  var sampledEnd: DeviceFrame { @_noLocks @_noAllocation get { newestSampled + newestCount } }

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
    countLost(lost, at: moment)
    let endBefore = sampledEnd
    let isFirst = !place.isAligned
    var skipped = 0
    var isReordered = false
    switch verdict {
    case .duplicate:
      unsafe counters.pointee.duplicate.add()
      return note(packet, count, origin, moment, margin: 0, .duplicate)
    case .ancient:
      unsafe counters.pointee.late.add()
      glitches.report(.late, at: moment.now)
      return note(packet, count, origin, moment, margin: .min, .late)
    case .reordered:
      isReordered = true
      unsafe counters.pointee.reordered.add()
    case .restarted:
      countResync(at: moment)
      align(packet, count: count, at: moment)
    case .newest(let gap):
      skipped = gap
      followTimestamp(packet, skipped: gap, count: count, at: moment)
    }
    let stamped = place.frame(packet.header.timestamp, at: moment)
    let sampled = stamped + Int64(retiming.shift)
    if !isReordered {
      newestTimestamp = packet.header.timestamp
      newestSampled = sampled
      newestCount = count
    }
    var incoming = IncomingPacket(packet, count: count, stamped: stamped, sampled: sampled)
    incoming.skipped = isFirst ? 0 : skipped
    incoming.isReordered = isReordered
    let margin = write(bytes, incoming, at: moment, into: ring)
    measure(packet, incoming, margin, at: moment)
    let isEarly = margin + 1 + count > CaptureRing.window
    var outcome: PacketVerdict = isReordered ? .reordered : .inTime
    if margin < 0 || isEarly { outcome = isEarly ? .early : .late }
    note(packet, count, origin, moment, margin: margin, outcome)
    if incoming.skipped > 0, !retiming.isResampling {
      conceal(skipped, from: endBefore, to: sampled, moment, ring)
    }
    if place.isByArrival { retime(incoming, isOut: margin < 0 || isEarly, moment, ring) }
    judge(packet, isOut: margin < 0 || isEarly, at: moment)
  }

  /// Counts the gaps whose deadline has passed, and lets a stream that has stopped die away.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) {
    guard tracker.isStarted else { return }
    let ahead = newestSampled + linkOffset - moment.playHead
    let limit = ahead < 0 ? tracker.highest + 1 : tracker.highest - ahead / newestCount
    countLost(tracker.settle(below: limit), at: moment)
    if let crossover, !(moment.playHead < crossover.end) { self.crossover = nil }
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
      let pause = moment.now - lastHeard
      let isSame = packet.header.ssrc == ssrc && origin.isSame(source)
      if isSame, pause < Receiver.longPause || follows(packet) { return true }
      guard pause >= Receiver.patience || origin.isSame(source) else { return false }
      countResync(at: moment)
      if !isSame { unsafe countersAddress.pointee.ssrcChanges.add() }
      settleAll(at: moment)
    }
    source = origin
    ssrc = packet.header.ssrc
    unsafe countersAddress.pointee.ssrc.set(UInt64(ssrc))
    tracker = SequenceTracker()
    place.isAligned = false
    lastTransit = .min
    return true
  }

  /// Whether the sequence went on since the last packet, as far as sixteen bits can tell.
  @_noLocks @_noAllocation
  private func follows(_ packet: RTPPacket) -> Bool {
    let last = SequenceNumber(UInt16(truncatingIfNeeded: tracker.highest))
    return packet.header.sequence.distance(from: last) > 0
  }

  /// What the old run still owes will not come any more.
  @_noLocks @_noAllocation
  private mutating func settleAll(at moment: ReceiveMoment) {
    countLost(tracker.settle(below: tracker.highest + 1), at: moment)
  }

  /// Checks that time went on as the sequence did; a stream aligned by arrival is aligned anew where
  /// it did not.
  @_noLocks @_noAllocation
  private mutating func followTimestamp(
    _ packet: RTPPacket, skipped: Int, count: Int64, at moment: ReceiveMoment
  ) {
    guard place.isAligned else { return align(packet, count: count, at: moment) }
    let elapsed = Int64(packet.header.timestamp.distance(from: newestTimestamp))
    guard elapsed != Int64(skipped + 1) * newestCount else { return }
    countResync(at: moment)
    align(packet, count: count, at: moment)
  }

  @_noLocks @_noAllocation
  private mutating func align(_ packet: RTPPacket, count: Int64, at moment: ReceiveMoment) {
    place.align(packet.header.timestamp, count: count, at: moment)
    retiming.begin()
    unsafe countersAddress.pointee.rate.set(0)
  }

  /// Follows the clock of a sender that does not have ours.
  @_noLocks @_noAllocation
  private mutating func retime(
    _ packet: IncomingPacket, isOut: Bool, _ moment: ReceiveMoment, _ ring: borrowing CaptureRing
  ) {
    let isDrifting = retiming.note(
      stamped: packet.stamped, frames: packet.count, linkOffset: linkOffset, at: moment.now)
    if retiming.control.isBelated {
      countResync(at: moment)
      place.isAligned = false
      return
    }
    // The samples that came last must lie in the ring, all with the same link offset.
    if isDrifting, !isOut, !packet.isReordered, crossover == nil {
      retiming.engage(
        ring, settings.route, linkOffset: linkOffset, from: packet.stamped + packet.count)
    }
    unsafe countersAddress.pointee.rate.set(retiming.rate)
  }

  /// Jitter, the histogram, and what the link offset should be.
  @_noLocks @_noAllocation
  private mutating func measure(
    _ packet: RTPPacket, _ incoming: IncomingPacket, _ margin: Int64, at moment: ReceiveMoment
  ) {
    let counters = unsafe countersAddress
    unsafe counters.pointee.arrivals.add(margin)
    let transit = moment.now - incoming.sampled
    if lastTransit != .min {
      let change = abs(transit - lastTransit)
      jitter += min(change, 1 << 32) - ((jitter + 8) >> 4)
      unsafe counters.pointee.jitter.set(UInt64(bitPattern: jitter))
    }
    lastTransit = transit
    guard transit < ReceiverPlace.furthestPast, transit > -ReceiverPlace.furthestFuture else {
      return
    }
    let lead = retiming.isResampling ? Resampler.future : 0
    let changed =
      control?.note(
        transit: transit + lead, frames: incoming.count, offset: linkOffset, at: moment.now)
      ?? false
    if changed { hasNewWish = true }
  }

  /// Whether the stamps still mean what they should.
  @_noLocks @_noAllocation
  private mutating func judge(_ packet: RTPPacket, isOut: Bool, at moment: ReceiveMoment) {
    guard place.judge(packet.header.timestamp, isOut: isOut, at: moment) else { return }
    // Begin anew with the next packet.
    countResync(at: moment)
    settleAll(at: moment)
    tracker = SequenceTracker()
    lastTransit = .min
    unsafe countersAddress.pointee.unsynchronised.set(place.isByArrival ? 1 : 0)
  }

  @_noLocks @_noAllocation
  private mutating func countLost(_ count: Int, at moment: ReceiveMoment) {
    guard count > 0 else { return }
    unsafe countersAddress.pointee.lost.add(count)
    glitches.report(.lost, count: count, at: moment.now)
  }

  @_noLocks @_noAllocation
  mutating func countResync(at moment: ReceiveMoment) {
    unsafe countersAddress.pointee.resyncs.add()
    glitches.report(.resync, at: moment.now)
  }

  @_noLocks @_noAllocation
  private mutating func note(
    _ packet: RTPPacket, _ count: Int64, _ origin: PacketSource, _ moment: ReceiveMoment,
    margin: Int64, _ verdict: PacketVerdict
  ) {
    var note = PacketNote()
    note.arrival = moment.now
    note.timestamp = packet.header.timestamp.value
    note.ssrc = packet.header.ssrc
    note.address = origin.address
    note.port = origin.port
    note.margin = Int32(clamping: margin)
    note.sequence = packet.header.sequence.value
    note.frames = UInt16(clamping: count)
    note.verdict = verdict
    glitches.note(note)
  }
}

/// A packet whose place is known.
struct IncomingPacket: BitwiseCopyable {
  let payloadOffset: Int
  /// In frames.
  let count: Int64
  /// The device frame that its stamp means, and the one in which its first frame was sampled: not the
  /// same where the sender's clock runs off.
  let stamped: DeviceFrame
  let sampled: DeviceFrame
  /// Packets that are missing before it.
  var skipped = 0
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
