// SPDX-License-Identifier: MIT
public import MediaClock

extension OrdinaryClock {
  /// Takes a datagram from `peer`. No content can stop this clock.
  public mutating func receive(
    _ datagram: RawSpan, from peer: Peer, _ arrival: Arrival, at now: MonotonicInstant
  ) {
    let message: Message
    do throws(PTPError) {
      message = try Message(parsing: datagram)
    } catch {
      switch error {
      case .version, .sdo, .messageType: counters.foreign += 1
      default: counters.malformed += 1
      }
      return
    }
    counters.received[Int(message.body.messageType.rawValue)] += 1
    let header = message.header
    guard header.domainNumber == defaultDataSet.domainNumber else {
      counters.otherDomain += 1
      if case .announce = message.body { otherDomain = Int(header.domainNumber) }
      return
    }
    if case .management(let management) = message.body {
      answer(management, header, from: peer, arrival, at: now)
      return
    }
    guard arrival != .local, isRunning else { return }
    guard header.sourcePortIdentity.clockIdentity != defaultDataSet.clockIdentity else {
      counters.own += 1
      notice(lookalike: peer, at: now)
      return
    }
    dispatch(message, from: peer, arrival, at: now)
  }

  private mutating func notice(lookalike peer: Peer, at now: MonotonicInstant) {
    var messages: UInt64 = 0
    if let known = lookalike, now - known.lastHeard <= Lookalike.timeout {
      messages = known.messages
    }
    lookalike = Lookalike(peer: peer, messages: messages + 1, lastHeard: now)
  }

  private var isRunning: Bool {
    switch state {
    case .initializing, .faulty, .disabled: false
    default: true
    }
  }

  private mutating func dispatch(
    _ message: Message, from peer: Peer, _ arrival: Arrival, at now: MonotonicInstant
  ) {
    let header = message.header
    switch message.body {
    case .announce(let announce): receive(announce, header, at: now)
    case .sync(let sync): stamped(arrival) { $0.receive(sync, header, stamp: $1, at: now) }
    case .followUp(let followUp): receive(followUp, header, at: now)
    case .delayResp(let response): receive(response, header, at: now)
    case .delayReq: stamped(arrival) { $0.answerDelayReq(header, from: peer, stamp: $1, at: now) }
    case .pdelayReq:
      if header.sourcePortIdentity.clockIdentity == parent?.clockIdentity {
        following?.peerRequests += 1
      }
    case .pdelayResp, .pdelayRespFollowUp, .signaling, .management: break
    }
  }

  private mutating func stamped(
    _ arrival: Arrival, _ body: (inout OrdinaryClock, MonotonicInstant) -> Void
  ) {
    guard case .event(let stamp?) = arrival else {
      counters.missingReceiveStamps += 1
      return
    }
    body(&self, stamp)
  }

  /// For fuzzers: a clock that follows no master yet takes any bytes.
  @_spi(Fuzzing) public mutating func fuzzReceive(_ bytes: [UInt8], at now: MonotonicInstant) {
    // Safety: bytes as bytes.
    let span = unsafe bytes.span.bytes
    receive(span, from: Peer(address: 0), .event(stamp: now), at: now)
    while let action = nextAction() {
      if case .sendStamped(_, let token) = consume action { transmitted(token, at: now, now: now) }
    }
  }
}
