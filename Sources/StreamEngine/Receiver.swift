// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// The clock that receivers use for one batch of packets.
struct ReceiveMoment: BitwiseCopyable {
  var now: DeviceFrame
  var offset: MediaOffset
  /// The first frame that no program can have read yet.
  var playHead: DeviceFrame { @_noLocks @_noAllocation get { now + 1 } }
}

/// One received stream: checks each packet, places its frames, and counts it.
///
/// ``ReceiverPlace`` has the device frame that a packet's timestamp means. `Receiver+Placement` combines
/// timestamp, sequence number and arrival. ``ArrivalShape`` measures how a stream's packets arrive. ``Playout``
/// writes the samples to the ring.
///
/// Not copyable, because it is large: it is changed in place. For copies that the compiler makes all the same,
/// see the rules in Threads.md.
@safe
struct Receiver: ~Copyable {
  /// A source that sent within this time excludes others.
  private static var timeout: Int64 { DeviceFormat.milliseconds(100) }

  /// After such a pause, a sequence that goes backwards is a new one, not an old packet.
  private static var longPause: Int64 { DeviceFormat.second }

  let settings: ReceiverSettings
  var tracker = SequenceTracker()
  var source = PacketSource(address: 0, port: 0)
  var ssrc: UInt32 = 0
  var lastHeard = DeviceFrame(0)
  var place: ReceiverPlace
  var statistics: ReceiverStatistics
  var playout: Playout
  var control: OffsetControl?
  var delay = DelayControl()
  var shape = ArrivalShape()
  var newest = NewestPacket()
  /// The link offset that the stream needs, as last written to the counters.
  var reportedNeed: Int64 = 0
  /// True if no packet of the last interval could be played.
  var wasOut = false
  var hasNewRequest = true
  /// True if it has its group's offset.
  var isSettled = false

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings, counters: UnsafePointer<ReceiverCounters>) {
    self.settings = settings
    playout = Playout(settings)
    unsafe statistics = ReceiverStatistics(counters)
    place = ReceiverPlace(settings.alignment)
    if let bounds = settings.automatic { control = OffsetControl(bounds) }
    unsafe counters.pointee.linkOffset.set(UInt64(bitPattern: playout.linkOffset))
    unsafe counters.pointee.unsynchronised.set(place.isByArrival ? 1 : 0)
    unsafe counters.pointee.rate.set(0)
    unsafe counters.pointee.burst.set(0)
    unsafe counters.pointee.neededOffset.set(0)
    unsafe counters.pointee.sharesWakeUp.set(0)
  }

  /// The link offset that this receiver requests of its group, in frames; 0 while unknown.
  var requestedOffset: Int64 {
    @_noLocks @_noAllocation get {
      if place.isByArrival, delay.requested > 0 { return delay.requested }
      guard let control else { return settings.linkOffset }
      return place.isByArrival ? 0 : control.requested
    }
  }

  /// Returns true if the request has changed since the last call.
  @_noLocks @_noAllocation
  mutating func takeNewRequest() -> Bool {
    let has = hasNewRequest
    hasNewRequest = false
    return has
  }

  /// The device frame after the last received one, before any link offset; nil before the first.
  var sampledEnd: DeviceFrame? {
    @_noLocks @_noAllocation get { tracker.isStarted ? newest.end : nil }
  }

  /// Takes in one packet. Returns true if it belongs to the stream and is not a duplicate.
  @_noLocks @_noAllocation
  mutating func receive(
    _ bytes: RawSpan, from origin: PacketSource, at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) -> Bool {
    let counters = unsafe statistics.counters
    if let only = settings.source, only != origin.address {
      unsafe counters.pointee.refusedSource.set(UInt64(origin.address))
      unsafe counters.pointee.foreign.add()
      return false
    }
    guard let packet = try? RTPPacket(parsing: bytes), let count = frameCount(packet) else {
      unsafe counters.pointee.malformed.add()
      return false
    }
    guard listen(to: packet, from: origin, at: moment) else {
      unsafe counters.pointee.foreign.add()
      return false
    }
    lastHeard = moment.now

    let note = PacketNote(packet, count, from: origin, at: moment)
    let (goesOn, gapStart) = (place.isAligned, newest.end)
    guard let skipped = follow(packet, count: count, note, at: moment) else { return false }
    if skipped > 0 || !goesOn || statistics.lastResync.index == moment.now.index {
      statistics.noteBreak(before: note, skipped: max(0, skipped))
    }
    let stamped = place.frame(packet.header.timestamp, at: moment)
    var incoming = IncomingPacket(
      packet, count: count, stamped: stamped, sampled: playout.sampled(stamped))
    if skipped < 0 {
      incoming.isReordered = true
    } else {
      if goesOn {
        incoming.gapStart = gapStart
        incoming.skipped = skipped
      }
      newest.take(packet, incoming, isFirst: !goesOn)
    }
    let outcome = playout.write(bytes, incoming, at: moment, into: &ring)
    statistics.note(note, outcome)
    if control != nil, !place.isByArrival { reconsider(incoming, at: moment) }
    judge(packet, incoming, outcome, at: moment, into: &ring)
    return true
  }

  /// Counts the gaps whose deadline has passed.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) {
    guard tracker.isStarted else { return }
    let ahead = newest.sampled + playout.linkOffset - moment.playHead
    let limit = ahead < 0 ? tracker.highest + 1 : tracker.highest - ahead / newest.shortest
    statistics.countLost(tracker.settle(below: limit), at: moment.now)
    playout.settle(at: moment)
  }

  /// Writes packets that can no longer wait for a missing one, and fades out a stream that has stopped.
  @_noLocks @_noAllocation
  mutating func dieAway(at moment: ReceiveMoment, in ring: inout CaptureRing) {
    playout.release(at: moment, into: &ring)
    guard tracker.isStarted else { return }
    playout.fadeOut(behind: newest, at: moment, in: &ring)
  }

  /// The frame in which ``dieAway(at:in:)`` must be called if no packet arrives; nil while the stream is
  /// silent.
  var nextLook: DeviceFrame? {
    @_noLocks @_noAllocation get {
      guard tracker.isStarted else { return nil }
      return playout.nextLook(behind: newest)
    }
  }

  /// The frame at which the next packet must have arrived; nil before the first.
  @inline(__always) @_noLocks @_noAllocation
  mutating func nextDue() -> DeviceFrame? {
    tracker.isStarted ? newest.end + playout.linkOffset - playout.lead : nil
  }

  /// The arrival of the last packet, for deciding when to read the next one.
  @inline(__always) @_noLocks @_noAllocation
  mutating func lastArrival(at moment: ReceiveMoment) -> PacketArrival {
    let due = newest.sampled + playout.linkOffset - playout.lead
    return PacketArrival(
      source: source.address, packetTime: Receiver.interval(newest.count),
      margin: Receiver.interval(due - moment.playHead))
  }

  /// The length of `frames` frames, of ten seconds at most.
  @inline(__always) @_noLocks @_noAllocation
  private static func interval(_ frames: Int64) -> Interval {
    let most = 10 * DeviceFormat.second
    return Interval(
      nanoseconds: max(-most, min(frames, most)) * 1_000_000_000 / DeviceFormat.second)
  }

  /// Changes to another link offset, from device frame `start` on.
  @_noLocks @_noAllocation
  mutating func change(
    to offset: Int64, from start: DeviceFrame, at moment: ReceiveMoment,
    in ring: borrowing CaptureRing
  ) {
    guard offset != playout.linkOffset else { return }
    playout.change(to: offset, from: start, sampledEnd: sampledEnd, at: moment, in: ring)
    unsafe statistics.counters.pointee.linkOffset.set(UInt64(bitPattern: offset))
    unsafe statistics.counters.pointee.linkOffsetChanges.add()
  }

  /// The packet's length in frames, or nil if it is not of the agreed format (AES-08, RTP-08).
  // Inlined: a call that changes nothing would be given a copy of the whole receiver.
  @inline(__always) @_noLocks @_noAllocation
  private func frameCount(_ packet: RTPPacket) -> Int64? {
    if let expected = settings.payloadType, expected != packet.header.payloadType { return nil }
    let frameBytes = settings.channels * settings.encoding.bytesPerSample
    guard packet.payloadCount > 0, packet.payloadCount % frameBytes == 0 else { return nil }
    return Int64(packet.payloadCount / frameBytes)
  }

  /// Returns true if this packet belongs to the stream that is followed. Another SSRC of the same source is the
  /// same sender after a restart (RTP-05); another source must wait until the present one has stopped.
  @_noLocks @_noAllocation
  private mutating func listen(
    to packet: RTPPacket, from origin: PacketSource, at moment: ReceiveMoment
  ) -> Bool {
    if tracker.isStarted {
      let pause = moment.now - lastHeard
      let isSame = packet.header.ssrc == ssrc && origin.isSame(source)
      if isSame, pause < Receiver.longPause || follows(packet, at: moment) { return true }
      guard pause >= Receiver.timeout || origin.isSame(source) else { return false }
      statistics.countResync(isSame ? .sequence : .sender, at: moment.now)
      if !isSame { unsafe statistics.counters.pointee.ssrcChanges.add() }
      settleAll(at: moment)
    } else if source.address != 0, !origin.isSame(source),
      moment.now - lastHeard < Receiver.timeout
    {
      // The present sender has only lost its place, because its timestamps mean something else now.
      return false
    }
    source = origin
    ssrc = packet.header.ssrc
    unsafe statistics.counters.pointee.ssrc.set(UInt64(ssrc))
    tracker = SequenceTracker()
    place.isAligned = false
    shape.beginAnew()
    statistics.beginAnew()
    return true
  }

  /// Returns true if the sequence continued during a pause, as far as sixteen bits can show; and also the
  /// timestamps, if nothing else tells the length of the pause.
  @_noLocks @_noAllocation
  private func follows(_ packet: RTPPacket, at moment: ReceiveMoment) -> Bool {
    let last = SequenceNumber(UInt16(truncatingIfNeeded: tracker.highest))
    guard packet.header.sequence.distance(from: last) > 0 else { return false }
    let count = newest.count
    return !place.isByArrival || shape.isUsual(transit: transit(packet, at: moment), count: count)
  }

  /// Counts the missing packets of the old run as lost, because they will not arrive any more.
  @_noLocks @_noAllocation
  private mutating func settleAll(at moment: ReceiveMoment) {
    statistics.countLost(tracker.settle(below: tracker.highest + 1), at: moment.now)
  }

  /// Reconsiders the link offset after one more packet of a stream that has our clock.
  @_noLocks @_noAllocation
  private mutating func reconsider(_ packet: IncomingPacket, at moment: ReceiveMoment) {
    let transit = moment.now - packet.sampled
    guard transit < ReceiverPlace.furthestPast, transit > -CaptureRing.window else { return }
    let changed =
      control?.note(
        transit: transit, frames: packet.count, offset: playout.linkOffset, at: moment.now) ?? false
    if changed { hasNewRequest = true }
  }
}
