// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

/// A slave whose local clock has the rate of the master's and another epoch, with a path delay of 3 us.
@Suite struct FollowingTests {
  private var exchange: Exchange
  private var announces: UInt16 = 2
  private var lastAnnounce = MonotonicInstant(nanoseconds: 0)
  private static let delay = Interval.microseconds(3)

  init() throws {
    exchange = try Exchange()
    exchange.choose()
    try #require(exchange.clock.state == .uncalibrated)
    exchange.sent.removeAll()
  }

  private func master(at local: MonotonicInstant) -> PTPInstant {
    PTPInstant(nanoseconds: 5_000_000_000_000 + local.nanoseconds)
  }

  enum Way: CaseIterable { case oneStep, twoStep, followUpFirst }

  /// Receives the answers to the Delay_Reqs since the last Sync, and then one Sync.
  private mutating func step(
    _ sequence: UInt16, _ way: Way = .twoStep, log: Int8 = -3,
    from source: PortIdentity = Exchange.master, error: Interval = Interval(nanoseconds: 0)
  ) {
    answer()
    if exchange.now - lastAnnounce >= .seconds(2) {
      exchange.receive(Exchange.header(announces, log: 1), Exchange.announce())
      announces += 1
      lastAnnounce = exchange.now
    }
    let left = master(at: exchange.now) + error
    let origin = Timestamp(left + Interval(nanoseconds: -Self.delay.nanoseconds))
    var sync = Exchange.header(sequence, from: source, log: log)
    var followUp = sync
    switch way {
    case .oneStep:
      exchange.receive(sync, .sync(Sync(originTimestamp: origin)))
    case .twoStep, .followUpFirst:
      // The two corrections cancel out.
      sync.flags = .twoStep
      sync.correctionField = TimeInterval(scaled: -250 << 16)
      followUp.correctionField = TimeInterval(scaled: 250 << 16)
      let second = Message.Body.followUp(FollowUp(preciseOriginTimestamp: origin))
      if way == .followUpFirst { exchange.receive(followUp, second) }
      exchange.receive(sync, .sync(Sync(originTimestamp: .zero)))
      if way == .twoStep { exchange.receive(followUp, second) }
    }
    exchange.wait(seconds: 0.125)
  }

  private mutating func answer(
    from source: PortIdentity = Exchange.master, log: Int8 = 0, to asker: PortIdentity? = nil
  ) {
    let asked = exchange.sent.map(\.message).filter { $0.body.messageType == .delayReq }
    exchange.sent.removeAll()
    for message in asked {
      let header = Exchange.header(message.header.sequenceId, from: source, log: log)
      guard let sent = exchange.delayRequests[message.header.sequenceId] else { continue }
      exchange.receive(
        header,
        .delayResp(
          DelayResp(
            receiveTimestamp: Timestamp(master(at: sent + Self.delay)),
            requestingPortIdentity: asker ?? message.header.sourcePortIdentity)))
    }
  }

  @Test(arguments: Way.allCases) mutating func locks(way: Way) throws {
    for sequence in 0..<48 as Range<UInt16> { step(sequence, way) }
    #expect(exchange.clock.state == .slave)
    #expect(exchange.events.contains(.locked))
    #expect(abs(try #require(exchange.clock.servo.meanPathDelay) - 3_000) < 1)
    let shown = try #require(exchange.published).time(at: exchange.now, rate: .hz48000)
    #expect(abs((shown - master(at: exchange.now)).nanoseconds) < 20)
    #expect(exchange.clock.currentDataSet.stepsRemoved == 1)
  }

  /// After the loss of a master, this clock announces the last offset to UTC that the master stated, and no leap
  /// second: the flag is valid for one day only (8.2.4.4, 8.2.4.5).
  @Test(arguments: [Flags.leap61, .leap59]) mutating func holdoverAnnouncesNoLeapSecond(
    leap: Flags
  ) throws {
    for sequence in 0..<48 as Range<UInt16> { step(sequence) }
    try #require(exchange.clock.state == .slave)
    exchange.receive(
      Exchange.header(announces, flags: [leap, .ptpTimescale, .currentUtcOffsetValid], log: 1),
      Exchange.announce(utcOffset: 38))
    #expect(exchange.clock.timeProperties.flags.contains(leap))
    exchange.wait(seconds: 20)
    #expect(exchange.clock.state == .master)
    #expect(exchange.clock.timeProperties.currentUtcOffset == 38)
    #expect(exchange.clock.timeProperties.flags == .ptpTimescale)
  }

  @Test mutating func syncsOfOtherMastersAreIgnored() {
    let other = PortIdentity(clockIdentity: ClockIdentity(0x77), portNumber: 1)
    for sequence in 0..<48 as Range<UInt16> {
      step(sequence)
      step(sequence, from: other, error: .seconds(9))
    }
    #expect(exchange.clock.state == .slave)
    #expect(exchange.clock.counters.notParent >= 96)
    #expect(exchange.clock.servo.outliers == 0)
  }

  @Test mutating func answersFromAndToOthersAreIgnored() {
    let other = PortIdentity(clockIdentity: ClockIdentity(0x77), portNumber: 1)
    for sequence in 0..<48 as Range<UInt16> {
      answer(from: other)
      step(sequence)
    }
    #expect(exchange.clock.servo.meanPathDelay == nil)
    for sequence in 48..<96 as Range<UInt16> {
      answer(to: other)
      step(sequence)
    }
    #expect(exchange.clock.servo.meanPathDelay == nil)
  }

  @Test mutating func delayRequestsFollowTheMastersInterval() {
    for sequence in 0..<16 as Range<UInt16> {
      answer(log: -3)
      step(sequence)
    }
    #expect(exchange.clock.portDataSet.logMinDelayReqInterval == -3)
    for log in [0x7F, -128, 22] as [Int8] {
      for sequence in 16..<32 as Range<UInt16> {
        answer(log: log)
        step(sequence &+ UInt16(UInt8(bitPattern: log)) * 16)
      }
      #expect(exchange.clock.portDataSet.logMinDelayReqInterval == -3)
    }
  }

  @Test mutating func noDelayRequestIsSentBeforeASync() {
    exchange.wait(seconds: 1.9)
    #expect(exchange.sent.isEmpty)
  }

  @Test mutating func impossibleTimesAreCounted() {
    exchange.receive(
      Exchange.header(1),
      .sync(Sync(originTimestamp: Timestamp(seconds: 0xFFFF_FFFF_FFFF, nanoseconds: 0))))
    exchange.receive(
      Exchange.header(1),
      .followUp(
        FollowUp(preciseOriginTimestamp: Timestamp(seconds: 0, nanoseconds: 1_000_000_000))))
    #expect(exchange.clock.counters.nonsense == 2)
  }
}
