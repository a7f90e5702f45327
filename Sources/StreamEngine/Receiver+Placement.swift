// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// Where a packet belongs, by its stamp, its sequence number and its arrival together.
///
/// | sequence | stamp | then |
/// |---|---|---|
/// | any | goes on from the last packet's end | contiguous, whatever the number is |
/// | skips | ahead | a gap as long as the stamp says |
/// | goes on | wanders by up to a millisecond | contiguous: the place stays where samples say, until 64 stamps agree |
/// | goes on | jumps | media clock: to the stamp, if it fits and is not late. Arrival: contiguous, unless only the stamp agrees with the arrival |
/// | stands still, or steps back | ahead | goes by the stamp |
///
/// So samples that one of both calls contiguous stay contiguous. What the place means changes only with a cause,
/// which is counted (``ResyncCause``).
extension Receiver {
  /// Brings the place up to a packet.
  ///
  /// - Returns: packets that are missing before it; -1 if it was overtaken; nil if it came before, or is older
  ///   than anything that could be placed, which has been counted.
  // Inlined: it runs once for each packet.
  @inline(__always) @_noLocks @_noAllocation
  mutating func follow(
    _ packet: RTPPacket, count: Int64, _ note: PacketNote, at moment: ReceiveMoment
  ) -> Int? {
    let elapsed = Int64(packet.header.timestamp.distance(from: newest.timestamp))
    if place.isAligned, elapsed == newest.count {
      if tracker.isNext(packet.header.sequence) {
        statistics.countLost(tracker.receiveNext(), at: moment.now)
      } else {
        goOn(with: packet, at: moment)
      }
      return 0
    }
    return followIrregular(packet, elapsed, count: count, note, at: moment)
  }

  /// The stamps say that this packet is next, and the sequence does not.
  @_noLocks @_noAllocation
  private mutating func goOn(with packet: RTPPacket, at moment: ReceiveMoment) {
    unsafe statistics.counters.pointee.irregularSequences.add()
    statistics.countLost(tracker.goOn(with: packet.header.sequence), at: moment.now)
  }

  @_noLocks @_noAllocation
  private mutating func followIrregular(
    _ packet: RTPPacket, _ elapsed: Int64, count: Int64, _ note: PacketNote,
    at moment: ReceiveMoment
  ) -> Int? {
    var lost = 0
    let verdict = tracker.receive(packet.header.sequence, lost: &lost)
    statistics.countLost(lost, at: moment.now)
    let isAhead = place.isAligned && elapsed > 0 && elapsed < CaptureRing.window
    switch verdict {
    case .newest(let skipped):
      guard place.isAligned else {
        align(packet, count: count, at: moment)
        return skipped
      }
      return skipped == 0
        ? join(packet, elapsed, at: moment, count: count)
        : jump(packet, elapsed, skipped, at: moment, count: count)
    case .restarted:
      statistics.countResync(.sequence, at: moment.now)
      guard isAhead else {
        align(packet, count: count, at: moment)
        return 0
      }
      return jump(packet, elapsed, 1, at: moment, count: count)
    case .reordered where !isAhead: return -1
    case .duplicate where !isAhead:
      statistics.note(note, .duplicate)
      return nil
    case .ancient where !isAhead:
      statistics.note(note, .ancient)
      return nil
    case .reordered, .duplicate, .ancient:
      goOn(with: packet, at: moment)
      let missing = max(1, Int(elapsed / newest.count) - 1)
      return jump(packet, elapsed, missing, at: moment, count: count)
    }
  }

  /// Packets are missing before this one: its stamp says how many frames.
  @_noLocks @_noAllocation
  private mutating func jump(
    _ packet: RTPPacket, _ elapsed: Int64, _ skipped: Int, at moment: ReceiveMoment, count: Int64
  ) -> Int {
    place.endSlip()
    guard place.isByArrival else {
      if elapsed <= 0 { statistics.countResync(.timestamps, at: moment.now) }
      return skipped
    }
    let transit = transit(packet, at: moment)
    // It may come with a heap of others, late for a stall, but not before it was sampled.
    let isPossible =
      Double(transit - count) > shape.fastest - Double(DeviceFormat.milliseconds(10))
      && transit < ReceiverPlace.furthestPast
    if elapsed <= 0 || !isPossible {
      statistics.countResync(.timestamps, at: moment.now)
      align(packet, count: count, at: moment)
    }
    return skipped
  }

  /// Frames since the packet's first was sampled, by its stamp.
  @inline(__always) @_noLocks @_noAllocation
  func transit(_ packet: RTPPacket, at moment: ReceiveMoment) -> Int64 {
    moment.now - playout.sampled(place.frame(packet.header.timestamp, at: moment))
  }

  /// The sequence says that this packet is next, and its stamp does not.
  ///
  /// - Returns: 0 if it is placed behind the last one, 1 if the stamp is right and something is missing.
  @_noLocks @_noAllocation
  private mutating func join(
    _ packet: RTPPacket, _ elapsed: Int64, at moment: ReceiveMoment, count: Int64
  ) -> Int {
    unsafe statistics.counters.pointee.irregularTimestamps.add()
    place.slipAge = 0
    let excess = elapsed - newest.count
    let counted = Int(min(excess.magnitude, 16))
    if excess < 0 {
      unsafe statistics.counters.pointee.surplusFrames.add(counted)
    } else {
      unsafe statistics.counters.pointee.lackingFrames.add(counted)
    }
    // From one side to the other.
    let isWandering = excess.magnitude <= 2 * ReceiverPlace.wander
    guard place.isByArrival else {
      let isPacketMissing = excess > 0 && excess % newest.count == 0
      if !isPacketMissing, (place.slip - excess).magnitude <= ReceiverPlace.wander {
        place.move(by: -excess)
      } else if isWandering, !isPacketMissing {
        place.move(by: -excess)
        place.strayFromSamples(at: moment)
        changeMode(at: moment)
      } else if let transit = place.declaredTransit(
        packet.header.timestamp, reach: reach(count), at: moment),
        shape.isUsual(transit: transit, count: count) || transit < playout.linkOffset
      {
        if !shape.isUsual(transit: transit, count: count) {
          statistics.countResync(.timestamps, at: moment.now)
        }
        place.endSlip()
        return excess > 0 ? 1 : 0
      } else {
        // Until 64 packets have said the same.
        place.move(by: -excess)
      }
      return 0
    }
    let contiguous = moment.now - newest.end
    if !shape.isUsual(transit: contiguous, count: count),
      shape.isUsual(transit: transit(packet, at: moment), count: count)
    {
      return excess > 0 ? 1 : 0
    }
    if !isWandering { statistics.countResync(.timestamps, at: moment.now) }
    guard contiguous < playout.linkOffset else {
      align(packet, count: count, at: moment)
      return 1
    }
    place.move(by: -excess)
    return 0
  }

  /// How far ahead of its packet a stamp may lie for the ring to hold it, in frames.
  @inline(__always) @_noLocks @_noAllocation
  func reach(_ count: Int64) -> Int64 { CaptureRing.window - playout.linkOffset - count }

  /// Begins with a packet, which is taken as sampled just before it came; or, where the stream's bursts are
  /// known, as their slowest. It is heard whole even if it is longer than the link offset.
  @_noLocks @_noAllocation
  private mutating func align(_ packet: RTPPacket, count: Int64, at moment: ReceiveMoment) {
    var transit = max(count, shape.burst)
    if transit + OffsetControl.guardFrames(1) >= playout.linkOffset {
      transit = playout.linkOffset - 1 - OffsetControl.guardFrames(count)
    }
    place.align(packet.header.timestamp, transit: transit, at: moment)
    shape.beginAnew()
    playout.begin()
    delay.begin()
    unsafe statistics.counters.pointee.rate.set(0)
  }
}
