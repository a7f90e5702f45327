// SPDX-License-Identifier: MIT
internal import MediaClock
internal import SeededRandom

/// The port as slave: Syncs and delays are measured (9.5).
extension OrdinaryClock {
  /// Returns true if a message is from the parent, and there is one (SLV-04).
  private mutating func isFromParent(_ header: Header) -> Bool {
    guard let parent, header.sourcePortIdentity == parent else {
      counters.notParent += 1
      return false
    }
    return true
  }

  mutating func receive(
    _ sync: Sync, _ header: Header, stamp: MonotonicInstant, at now: MonotonicInstant
  ) {
    guard isFromParent(header) else { return }
    following?.syncs += 1
    if let log = header.rateLogInterval { logSyncInterval = log }
    if timers.delayReq == nil { scheduleDelayReq(after: now, factor: 1) }
    if header.flags.contains(.twoStep) {
      following?.twoStepSyncs += 1
      if let measurement = syncMatcher.sync(
        header.sequenceId, header.correctionField, received: stamp, at: now)
      {
        measured(measurement, at: now)
      }
    } else if let origin = sync.originTimestamp.instant {
      if let measurement = syncMatcher.oneStep(
        header.sequenceId, header.correctionField, origin: origin, received: stamp, at: now)
      {
        measured(measurement, at: now)
      }
    } else {
      counters.nonsense += 1
    }
    counters.copies = syncMatcher.copies
  }

  mutating func receive(_ followUp: FollowUp, _ header: Header, at now: MonotonicInstant) {
    guard isFromParent(header) else { return }
    guard let origin = followUp.preciseOriginTimestamp.instant else {
      counters.nonsense += 1
      return
    }
    if let measurement = syncMatcher.followUp(
      header.sequenceId, header.correctionField, origin: origin, at: now)
    {
      measured(measurement, at: now)
    }
    counters.unmatched = syncMatcher.unmatched
    counters.copies = syncMatcher.copies
  }

  mutating func receive(_ response: DelayResp, _ header: Header, at now: MonotonicInstant) {
    guard response.requestingPortIdentity == portIdentity, isFromParent(header) else { return }
    guard let received = response.receiveTimestamp.instant else {
      counters.nonsense += 1
      return
    }
    let (isKnown, measurement) = delayExchange.answer(
      header.sequenceId, received: received, correction: header.correctionField, at: now)
    guard isKnown else {
      counters.unmatched += 1
      return
    }
    following?.answered()
    if let log = header.rateLogInterval { logMinDelayReqInterval = log }
    if let measurement { measured(measurement, at: now) }
  }

  private mutating func measured(_ sync: SyncMeasurement, at now: MonotonicInstant) {
    following?.measurements += 1
    servo.receive(sync, interval: Interval(logSeconds: logSyncInterval), at: now)
    afterServo(at: now)
  }

  mutating func measured(_ delay: DelayMeasurement, at now: MonotonicInstant) {
    servo.receive(delay, at: now)
    afterServo(at: now)
  }

  // MARK: Asking

  /// Schedules a Delay_Req after a uniform random time between zero and twice the interval, so that the slaves
  /// of a network spread (SLV-05). The first one follows within one interval.
  private mutating func scheduleDelayReq(after now: MonotonicInstant, factor: Double) {
    let interval = Interval(logSeconds: logMinDelayReqInterval)
    timers.delayReq = now + interval.scaled(by: factor * generator.fraction())
  }

  mutating func sendDelayReq(at now: MonotonicInstant) {
    guard parent != nil else {
      timers.delayReq = nil
      return
    }
    scheduleDelayReq(after: now, factor: 2)
    let message = Message(
      header(sequenceId: delayReqSequence), .delayReq(DelayReq(originTimestamp: .zero)))
    delayExchange.request(delayReqSequence, at: now)
    following?.asked(at: now)
    sendStamped(message, .delayReq(sequenceId: delayReqSequence), at: now)
    delayReqSequence &+= 1
  }
}

extension Header {
  /// The interval of Syncs or of Delay_Req that a master states; nil if it is impossible, or if the message has
  /// none (PTP-01).
  var rateLogInterval: Int? {
    (-7...5).contains(logMessageInterval) ? Int(logMessageInterval) : nil
  }
}
