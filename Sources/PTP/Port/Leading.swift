// SPDX-License-Identifier: MIT
internal import MediaClock

/// The port as master: Announce, Sync, Follow_Up, Delay_Resp (9.5.8 to 9.5.12).
extension OrdinaryClock {
  func header(
    _ flags: Flags = [], correctionField: TimeInterval = .zero, sequenceId: UInt16,
    log: Int = Int(Header.noInterval)
  ) -> Header {
    Header(
      domainNumber: defaultDataSet.domainNumber, flags: flags, correctionField: correctionField,
      sourcePortIdentity: portIdentity, sequenceId: sequenceId,
      logMessageInterval: Int8(clamping: log))
  }

  mutating func sendGeneral(_ message: Message, to destination: Datagram.Destination) {
    counters.sent[Int(message.body.messageType.rawValue)] += 1
    queue.append(.send(send(message, to: destination)))
  }

  mutating func sendStamped(
    _ message: Message, _ kind: TransmitToken.Kind, at now: MonotonicInstant
  ) {
    counters.sent[Int(message.body.messageType.rawValue)] += 1
    queue.append(.sendStamped(send(message, to: .eventGroup), kind, made: now))
  }

  mutating func sendAnnounce() {
    let announce = Announce(
      currentUtcOffset: timeProperties.currentUtcOffset,
      grandmasterPriority1: defaultDataSet.priority1,
      grandmasterClockQuality: defaultDataSet.clockQuality,
      grandmasterPriority2: defaultDataSet.priority2,
      grandmasterIdentity: defaultDataSet.clockIdentity, stepsRemoved: 0,
      timeSource: timeProperties.timeSource)
    sendGeneral(
      Message(
        header(
          timeProperties.flags, sequenceId: announceSequence, log: settings.logAnnounceInterval),
        .announce(announce)), to: .generalGroup)
    announceSequence &+= 1
  }

  /// The network's time according to this grandmaster.
  private func timestamp(at instant: MonotonicInstant) -> Timestamp {
    Timestamp(servo.clock.time(at: instant, rate: sampleRate))
  }

  mutating func sendSync(at now: MonotonicInstant) {
    let isOneStep = stampsBeforeSending
    let message = Message(
      header(isOneStep ? [] : .twoStep, sequenceId: syncSequence, log: settings.logSyncInterval),
      .sync(Sync(originTimestamp: isOneStep ? timestamp(at: now) : .zero)))
    if isOneStep {
      sendGeneral(message, to: .eventGroup)
    } else {
      sendStamped(message, .sync(sequenceId: syncSequence), at: now)
    }
    syncSequence &+= 1
  }

  /// Sends the Follow_Up with the timestamp of this Sync; without a timestamp there is none (GM-02).
  mutating func syncTransmitted(_ sequenceId: UInt16, at stamp: MonotonicInstant?) {
    guard state == .master else { return }
    guard let stamp else {
      counters.missingTransmitStamps += 1
      missingStamps += 1
      if missingStamps == Self.stampTimeout, !stampsBeforeSending {
        stampsBeforeSending = true
        queue.append(.report(.stampsMissing))
      }
      return
    }
    missingStamps = 0
    sendGeneral(
      Message(
        header(sequenceId: sequenceId, log: settings.logSyncInterval),
        .followUp(FollowUp(preciseOriginTimestamp: timestamp(at: stamp)))), to: .generalGroup)
  }

  /// After so many Syncs in a row without a timestamp, timestamps are taken before sending.
  private static var stampTimeout: Int { 8 }

  /// Answers a request by the way in which it arrived (GM-03).
  mutating func answerDelayReq(
    _ request: Header, from peer: Peer, stamp: MonotonicInstant, at now: MonotonicInstant
  ) {
    guard state == .master else { return }
    guard delayRespAllowance.take(at: now) else {
      counters.requestsRefused += 1
      return
    }
    let isUnicast = request.flags.contains(.unicast)
    let response = DelayResp(
      receiveTimestamp: timestamp(at: stamp), requestingPortIdentity: request.sourcePortIdentity)
    sendGeneral(
      Message(
        header(
          isUnicast ? .unicast : [], correctionField: request.correctionField,
          sequenceId: request.sequenceId,
          log: isUnicast ? Int(Header.noInterval) : settings.logMinDelayReqInterval),
        .delayResp(response)), to: isUnicast ? .generalPort(of: peer) : .generalGroup)
  }
}
