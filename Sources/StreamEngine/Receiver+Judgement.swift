// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// The consequences of a packet after it was placed.
extension Receiver {
  /// Judges the meaning of the stream's timestamps and its delay after one more packet.
  @inline(__always) @_noLocks @_noAllocation
  mutating func judge(
    _ packet: RTPPacket, _ incoming: IncomingPacket, _ outcome: PacketOutcome,
    at moment: ReceiveMoment, into ring: inout CaptureRing
  ) {
    let lag = Double(moment.now - incoming.stamped - incoming.count) - playout.shift
    if moment.now < shape.end {
      shape.note(incoming, lag: lag, outcome, at: moment.now)
    } else {
      let window = shape.close(at: moment.now)
      shape.note(incoming, lag: lag, outcome, at: moment.now)
      if let window { endInterval(window, incoming, outcome, at: moment, into: &ring) }
    }
    let isPlain = place.isPlain(
      transit: moment.now - incoming.stamped, count: incoming.count, reach: reach(incoming.count))
    if isPlain, !outcome.verdict.isOut { return }
    judgeStamp(packet, incoming, outcome, at: moment)
  }

  /// Judges a packet that does not fit the present model.
  @_noLocks @_noAllocation
  private mutating func judgeStamp(
    _ packet: RTPPacket, _ incoming: IncomingPacket, _ outcome: PacketOutcome,
    at moment: ReceiveMoment
  ) {
    let hasChanged = place.judge(
      packet.header.timestamp, count: incoming.count, reach: reach(incoming.count),
      latest: settings.linkOffset, isOut: outcome.verdict.isOut, at: moment)
    if hasChanged { return changeMode(at: moment) }
    if place.isSlipOld {
      statistics.countResync(.timestamps, at: moment.now)
      place.endSlip()
    }
    guard place.isByArrival, !delay.isSettled else { return }
    switch outcome.verdict {
    case .early:
      // A sender that begins with a burst is ahead of its own first packet from then on.
      beginAnew(.arrival, at: moment)
    case .late:
      // A receiver that joins within a burst mistakes its end for all of it.
      let transit = moment.now - incoming.sampled + lead
      if delay.widen(transit, packet: incoming.count, offset: playout.linkOffset) {
        hasNewRequest = true
      }
    case .inTime, .reordered, .duplicate: break
    }
  }

  /// Changes the mode after the timestamps have lost or regained their relation to our clock.
  @_noLocks @_noAllocation
  mutating func changeMode(at moment: ReceiveMoment) {
    statistics.countResync(.clock, at: moment.now)
    delay = DelayControl()
    hasNewRequest = true
    unsafe statistics.counters.pointee.unsynchronised.set(place.isByArrival ? 1 : 0)
    // The audio continues unchanged.
    guard !place.isAligned else { return }
    statistics.countLost(tracker.settle(below: tracker.highest + 1), at: moment.now)
    tracker = SequenceTracker()
    shape.beginAnew()
    statistics.beginAnew()
  }

  @_noLocks @_noAllocation
  private mutating func beginAnew(_ cause: ResyncCause, at moment: ReceiveMoment) {
    statistics.countResync(cause, at: moment.now)
    place.isAligned = false
    wasOut = false
  }

  /// Ends an interval of a quarter of a second.
  @_noLocks @_noAllocation
  private mutating func endInterval(
    _ window: ArrivalWindow, _ packet: IncomingPacket, _ outcome: PacketOutcome,
    at moment: ReceiveMoment, into ring: inout CaptureRing
  ) {
    report(window)
    if place.endInterval(at: moment) { return changeMode(at: moment) }
    guard place.isByArrival else { return }
    let isOut = window.isOut && wasOut
    wasOut = window.isOut
    if isOut { return beginAnew(.arrival, at: moment) }
    if delay.isSettled {
      playout.followClock(
        fastest: window.fastest, burst: shape.burst, packet, outcome, at: moment, into: &ring)
      unsafe statistics.counters.pointee.rate.set(playout.rate)
    }
    guard playout.isMovable || delay.isSettled else { return }
    let moved = delay.close(
      window, shape, offset: playout.linkOffset, floor: minimumDelay(window), lead: lead)
    guard let moved else { return }
    hasNewRequest = true
    guard moved != 0 else { return }
    place.move(by: moved)
    newest.move(by: moved)
    playout.move(by: moved)
    shape.move(by: moved)
    unsafe statistics.counters.pointee.linkOffset.set(UInt64(bitPattern: playout.linkOffset))
  }

  /// The additional time that packets need for a resampler, in frames. If the delay can be chosen, there is
  /// room for a resampler that is not in use yet, and for the drift until it is detected.
  private var lead: Int64 {
    @_noLocks @_noAllocation get {
      guard case .some = settings.automatic else { return playout.lead }
      return ResampledPlayout.lead + DeviceFormat.second / 2_000
    }
  }

  /// The minimum delay of a stream that is placed by arrival, in frames.
  @_noLocks @_noAllocation
  private func minimumDelay(_ window: ArrivalWindow) -> Int64 {
    guard let bounds = settings.automatic else { return settings.linkOffset }
    return max(Int64(bounds.minimum) * window.longest, window.longest + 12)
  }

  /// Publishes how the stream arrives, and the link offset that it needs. A lower value is published only if it
  /// is lower by an eighth, so that the displayed value does not change all the time.
  @_noLocks @_noAllocation
  private mutating func report(_ window: ArrivalWindow) {
    let burst = shape.burst
    guard burst > 0 else { return }
    let transit = place.isByArrival ? burst : max(window.longest, shape.slowest)
    let need = DelayControl.need(transit + playout.lead, packet: window.longest)
    guard need > reportedNeed || need < reportedNeed - reportedNeed / 8 else { return }
    reportedNeed = need
    unsafe statistics.counters.pointee.burst.set(UInt64(burst))
    unsafe statistics.counters.pointee.neededOffset.set(UInt64(need))
  }
}
