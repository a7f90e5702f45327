// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// How a packet's samples come into the capture ring: as they are, faded from one link offset to
/// another, or through a resampler; and what is heard where none came.
extension Receiver {
  /// Writes what is not yet due, and counts. How many frames remained until the first was due.
  @_noLocks @_noAllocation
  mutating func write(
    _ bytes: RawSpan, _ packet: IncomingPacket, at moment: ReceiveMoment,
    into ring: borrowing CaptureRing
  ) -> Int64 {
    let counters = unsafe countersAddress
    let isResampling = retiming.isResampling
    let frame =
      isResampling ? retiming.deadline(packet.stamped) : packet.sampled + linkOffset
    let margin = frame - moment.playHead
    guard ring.end - frame >= packet.count else {
      unsafe counters.pointee.early.add()
      if isResampling, !packet.isReordered { retiming.skip(packet) }
      return margin
    }
    isFadedOut = false
    let behind = max(0, -margin)
    let isLate = behind > 0 || isResampling && retiming.isPast(packet)
    if isResampling {
      if retiming.stage(bytes, packet, settings) { unsafe counters.pointee.concealed.add() }
      retiming.run(ring, settings.route, playHead: moment.playHead)
    } else if let crossover {
      crossover.write(
        bytes, at: packet.payloadOffset, encoding: settings.encoding, settings.route,
        count: Int(packet.count), sampled: packet.sampled, newOffset: linkOffset,
        from: moment.playHead, into: ring.samples)
    } else if behind < packet.count {
      ring.samples.write(
        bytes, at: packet.payloadOffset, encoding: settings.encoding, settings.route,
        skipping: Int(behind), count: Int(packet.count - behind), at: frame + behind)
    }
    if isLate {
      unsafe counters.pointee.late.add()
      glitches.report(.late, at: moment.now)
    } else {
      unsafe counters.pointee.inTime.add()
    }
    return margin
  }

  /// Makes up for `skipped` packets between two that came; both ends are before any offset.
  @_noLocks @_noAllocation
  mutating func conceal(
    _ skipped: Int, from start: DeviceFrame, to end: DeviceFrame, _ moment: ReceiveMoment,
    _ ring: borrowing CaptureRing
  ) {
    let from = start + linkOffset
    let to = end + linkOffset
    let length = to - from
    guard settings.conceals, crossover == nil, length > 0, ring.end - to >= newestCount else {
      return
    }
    let isBridged = ring.samples.conceal(
      skipped, settings.route, from: from, to: to, packet: newestCount,
      notBefore: moment.playHead)
    if isBridged { unsafe countersAddress.pointee.concealed.add() }
  }

  /// Resamples what no longer waits for a missing packet; fades out a stream whose next packet ought to
  /// have come: what is heard of it ends within half a packet.
  @_noLocks @_noAllocation
  mutating func dieAway(at moment: ReceiveMoment, in ring: borrowing CaptureRing) {
    if retiming.isResampling { retiming.run(ring, settings.route, playHead: moment.playHead) }
    guard settings.conceals, tracker.isStarted, !isFadedOut, crossover == nil else { return }
    let end = retiming.isResampling ? retiming.next : sampledEnd + linkOffset
    let left = end - moment.playHead
    guard left <= newestCount / 2 else { return }
    isFadedOut = true
    guard left >= 0, ring.end - end >= newestCount else { return }
    ring.samples.fadeOut(
      settings.route, from: end, length: min(SampleRing.greatestFade, newestCount))
  }

  /// Goes over to another link offset, from device frame `start` on.
  @_noLocks @_noAllocation
  mutating func change(
    to offset: Int64, from start: DeviceFrame, at moment: ReceiveMoment,
    in ring: borrowing CaptureRing
  ) {
    guard offset != linkOffset else { return }
    let written = min(sampledEnd + linkOffset, ring.end)
    // What is resampled goes over to it little by little.
    if tracker.isStarted, !retiming.isResampling, moment.playHead < written {
      let crossover = Crossover(oldOffset: linkOffset, start: start)
      crossover.begin(ring.samples, settings.route, written: written)
      self.crossover = crossover
    }
    linkOffset = offset
    unsafe countersAddress.pointee.linkOffset.set(UInt64(bitPattern: offset))
    unsafe countersAddress.pointee.linkOffsetChanges.add()
  }
}
