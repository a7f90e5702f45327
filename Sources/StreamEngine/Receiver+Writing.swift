// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// How a packet's samples come into the capture ring: as they are, faded from one link offset to
/// another, or through a resampler; and what is heard where none came.
extension Receiver {
  /// Writes what is not yet due. How many frames remained until the first was due, and in `verdict`
  /// whether that was in time.
  @_noLocks @_noAllocation
  mutating func write(
    _ bytes: RawSpan, _ packet: IncomingPacket, at moment: ReceiveMoment,
    verdict: inout PacketVerdict, into ring: inout CaptureRing
  ) -> Int64 {
    let isResampling = retiming.isResampling
    let frame =
      isResampling ? retiming.deadline(packet.stamped) : packet.sampled + linkOffset
    let margin = frame - moment.playHead
    guard ring.end - frame >= packet.count else {
      verdict = .early
      if isResampling, !packet.isReordered { retiming.skip(packet) }
      return margin
    }
    isFadedOut = false
    let behind = max(0, -margin)
    verdict = behind > 0 || isResampling && retiming.isPast(packet) ? .late : .inTime
    if isResampling {
      if retiming.stage(bytes, packet, settings) {
        unsafe statistics.counters.pointee.concealed.add()
      }
      retiming.run(&ring, settings.route, playHead: moment.playHead)
    } else if let crossover {
      ring.open(through: max(frame + packet.count, crossover.end))
      crossover.write(
        bytes, at: packet.payloadOffset, encoding: settings.encoding, settings.route,
        count: Int(packet.count), sampled: packet.sampled, newOffset: linkOffset,
        from: moment.playHead, into: ring.samples)
    } else if behind < packet.count {
      ring.open(through: frame + packet.count)
      // Not as one call with the route, which would be copied for each packet.
      var run = 0
      while run < settings.route.count {
        ring.samples.write(
          bytes, at: packet.payloadOffset, encoding: settings.encoding, settings.route[run],
          of: settings.channels, skipping: Int(behind), count: Int(packet.count - behind),
          at: frame + behind)
        run += 1
      }
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
    if isBridged { unsafe statistics.counters.pointee.concealed.add() }
  }

  /// Resamples what no longer waits for a missing packet; fades out a stream whose next packet ought to
  /// have come: what is heard of it ends within half a packet.
  @_noLocks @_noAllocation
  mutating func dieAway(at moment: ReceiveMoment, in ring: inout CaptureRing) {
    if retiming.isResampling { retiming.run(&ring, settings.route, playHead: moment.playHead) }
    guard settings.conceals, tracker.isStarted, !isFadedOut, crossover == nil else { return }
    let left = heardEnd - moment.playHead
    guard left <= newestCount / 2 else { return }
    isFadedOut = true
    guard left >= 0, ring.end - heardEnd >= newestCount else { return }
    let length = min(SampleRing.greatestFade, newestCount)
    ring.open(through: heardEnd + length)
    ring.samples.fadeOut(settings.route, from: heardEnd, length: length)
  }

  /// Behind the last frame that is heard, as far as it is known.
  private var heardEnd: DeviceFrame {
    @_noLocks @_noAllocation get {
      retiming.isResampling ? retiming.next : sampledEnd + linkOffset
    }
  }

  /// The frame in which ``dieAway(at:in:)`` has something to do if no packet comes; nil while nothing is
  /// heard.
  var nextLook: DeviceFrame? {
    @_noLocks @_noAllocation get {
      guard tracker.isStarted, !isFadedOut else { return nil }
      if retiming.isWaiting { return heardEnd + -Retiming.hold }
      return settings.conceals ? heardEnd + -(newestCount / 2) : nil
    }
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
    unsafe statistics.counters.pointee.linkOffset.set(UInt64(bitPattern: offset))
    unsafe statistics.counters.pointee.linkOffsetChanges.add()
  }
}
