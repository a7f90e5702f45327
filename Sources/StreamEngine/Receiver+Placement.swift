// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// Finds the place of a packet by its timestamp, its sequence number and its arrival together.
///
/// | sequence | timestamp | then |
/// |---|---|---|
/// | any | continues from the last packet's end | contiguous, whatever the number is |
/// | skips | ahead | a gap as long as the timestamp says |
/// | continues | wanders by up to a millisecond | contiguous: the place follows the samples until 64 timestamps agree |
/// | continues | jumps | media clock: follows the timestamp if it fits and is not late. Arrival: contiguous, unless only the timestamp agrees with the arrival |
/// | repeats, or steps back | ahead | follows the timestamp |
///
/// Samples that are contiguous by one of the two therefore stay contiguous. The relation between timestamps and
/// device frames changes only with a cause, which is counted (``ResyncCause``).
extension Receiver {
  /// Brings the place up to a packet.
  ///
  /// - Returns: the number of packets that are missing before it; -1 if it was overtaken; nil if it is a
  ///   duplicate or too old to be placed, which has been counted.
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

  /// Accepts a packet that is next by its timestamp, but not by its sequence number.
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

  /// Handles a gap before this packet, whose length in frames its timestamp gives.
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
    // It may arrive late with many others after a stall, but not before it was sampled.
    let isPossible =
      Double(transit - count) > shape.fastest - Double(DeviceFormat.milliseconds(10))
      && transit < ReceiverPlace.furthestPast
    if elapsed <= 0 || !isPossible {
      statistics.countResync(.timestamps, at: moment.now)
      align(packet, count: count, at: moment)
    }
    return skipped
  }

  /// Frames since the packet's first was sampled, by its timestamp.
  @inline(__always) @_noLocks @_noAllocation
  func transit(_ packet: RTPPacket, at moment: ReceiveMoment) -> Int64 {
    moment.now - playout.sampled(place.frame(packet.header.timestamp, at: moment))
  }

  /// Handles a packet that is next by its sequence number, but not by its timestamp.
  ///
  /// - Returns: 0 if it is placed after the last one, 1 if the timestamp is right and a packet is missing.
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
    // Twice the limit, because a timestamp may wander from one side to the other.
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
        // Until 64 packets agree.
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

  /// The greatest lead of a timestamp over its packet that the ring can hold, in frames.
  @inline(__always) @_noLocks @_noAllocation
  func reach(_ count: Int64) -> Int64 { CaptureRing.window - playout.linkOffset - count }

  /// Aligns the stream with a packet that is assumed to have been sampled just before it arrived; or, if the
  /// stream's bursts are known, to be the slowest of one. It is played whole even if it is longer than the link
  /// offset.
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
