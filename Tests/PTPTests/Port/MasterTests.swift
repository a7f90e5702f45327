// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

@Suite struct MasterTests {
  private var exchange: Exchange

  init() throws {
    exchange = try Exchange(.master)
    exchange.wait(seconds: 8.5)
    try #require(exchange.clock.state == .master)
    exchange.sent.removeAll()
  }

  private func sent(_ type: MessageType) -> [Message] {
    exchange.sent.map(\.message).filter { $0.body.messageType == type }
  }

  @Test mutating func keepsItsRates() {
    exchange.wait(seconds: 80)
    #expect(abs(sent(.sync).count - 640) <= 1)
    #expect(abs(sent(.announce).count - 40) <= 1)
    #expect(sent(.followUp).count == sent(.sync).count)
    #expect(sent(.sync).allSatisfy { $0.header.flags == .twoStep })
    #expect(sent(.sync).allSatisfy { $0.header.logMessageInterval == -3 })
    for (sync, followUp) in zip(sent(.sync), sent(.followUp)) {
      #expect(sync.header.sequenceId == followUp.header.sequenceId)
    }
  }

  @Test mutating func missedSyncsAreNotSentLater() {
    exchange.now = exchange.now + .seconds(10)
    exchange.clock.advance(to: exchange.now)
    exchange.drain()
    #expect(sent(.sync).count == 1)
    exchange.wait(seconds: 1)
    #expect(sent(.sync).count == 9)
  }

  @Test mutating func followUpCarriesItsSyncsOwnStamp() throws {
    exchange.wait(seconds: 0.126)
    guard case .followUp(let followUp)? = sent(.followUp).first?.body else {
      Issue.record("no Follow_Up")
      return
    }
    let clock = try #require(exchange.published)
    let deadline = try #require(exchange.clock.deadline)
    // The next Sync is an eighth of a second after this one, which left 20 us after its time.
    let left = deadline + .milliseconds(-125) + .microseconds(20)
    #expect(followUp.preciseOriginTimestamp == Timestamp(clock.time(at: left, rate: .hz48000)))
  }

  @Test mutating func withoutAStampThereIsNoFollowUp() {
    exchange.stampDelay = nil
    exchange.wait(seconds: 0.5)
    #expect(sent(.sync).count == 4)
    #expect(sent(.followUp).isEmpty)
    #expect(exchange.clock.counters.missingTransmitStamps == 4)
    exchange.wait(seconds: 2)
    #expect(exchange.events.contains(.stampsMissing))
    #expect(exchange.clock.stampsBeforeSending)
    #expect(sent(.sync).last?.header.flags == [])
    if case .sync(let sync)? = sent(.sync).last?.body { #expect(sync.originTimestamp != .zero) }
    // After a link change, stamps may be available again.
    exchange.stampDelay = .microseconds(20)
    exchange.clock.link(isUp: false, at: exchange.now)
    exchange.clock.link(isUp: true, at: exchange.now)
    exchange.wait(seconds: 8.5)
    #expect(!exchange.clock.stampsBeforeSending)
    #expect(sent(.sync).last?.header.flags == .twoStep)
  }

  @Test mutating func aRefusedSendIsNotAMissingStamp() {
    exchange.refuses = true
    exchange.wait(seconds: 3)
    #expect(exchange.clock.counters.missingTransmitStamps == 0)
    exchange.refuses = false
    exchange.wait(seconds: 1)
    #expect(!exchange.clock.stampsBeforeSending)
    #expect(sent(.followUp).count == sent(.sync).count)
    #expect(sent(.sync).count == 8)
  }

  @Test(arguments: [Interval(nanoseconds: -1), .seconds(2)])
  mutating func implausibleStampsAreIgnored(delay: Interval) {
    exchange.stampDelay = delay
    exchange.wait(seconds: 0.5)
    #expect(sent(.followUp).isEmpty)
  }

  @Test mutating func answersDelayRequests() {
    let slave = PortIdentity(clockIdentity: ClockIdentity(0x55), portNumber: 3)
    var header = Exchange.header(0xBEEF, from: slave)
    header.correctionField = TimeInterval(scaled: -0x18000)
    exchange.receive(header, .delayReq(DelayReq(originTimestamp: .zero)))
    let answer = exchange.sent[0]
    #expect(answer.destination == .generalGroup)
    #expect(answer.message.header.sequenceId == 0xBEEF)
    #expect(answer.message.header.correctionField.scaled == -0x18000)
    #expect(answer.message.header.logMessageInterval == 0)
    guard case .delayResp(let response) = answer.message.body else {
      Issue.record("\(answer)")
      return
    }
    #expect(response.requestingPortIdentity == slave)
    let now = exchange.published?.time(at: exchange.now, rate: .hz48000)
    #expect(response.receiveTimestamp.instant == now)
  }

  @Test mutating func answersUnicastByUnicast() {
    exchange.receive(
      Exchange.header(1, flags: .unicast), .delayReq(DelayReq(originTimestamp: .zero)), from: 42)
    #expect(exchange.sent[0].destination == .generalPort(of: Peer(address: 42)))
    #expect(exchange.sent[0].message.header.flags == .unicast)
    #expect(exchange.sent[0].message.header.logMessageInterval == 0x7F)
  }

  @Test mutating func answersToAFloodOfDelayRequestsAreBounded() {
    for sequence in 0..<10_000 as Range<UInt16> {
      exchange.receive(
        Exchange.header(sequence), .delayReq(DelayReq(originTimestamp: .zero)))
    }
    #expect(exchange.sent.count == 256)
    #expect(exchange.clock.counters.requestsRefused == 9_744)
  }

  @Test mutating func dropsDelayRequestsWithoutStamp() {
    exchange.receive(
      Exchange.header(1), .delayReq(DelayReq(originTimestamp: .zero)), arrival: .event(stamp: nil))
    #expect(exchange.sent.isEmpty)
    #expect(exchange.clock.counters.missingReceiveStamps == 1)
  }

  @Test mutating func sequencesWrap() {
    exchange.wait(seconds: 65_536 / 8 + 1)
    let sequences = sent(.sync).map(\.header.sequenceId)
    for (one, next) in zip(sequences, sequences.dropFirst()) { #expect(next == one &+ 1) }
    #expect(sequences.contains(.max))
  }

  @Test(
    arguments: [
      (nil, 0xFE, .ptpTimescale, 0xA0),
      (100, 0x27, [.ptpTimescale, .currentUtcOffsetValid], 0x50),
      (101, 0x28, [.ptpTimescale, .currentUtcOffsetValid], 0x50),
      (16_000_000, 0x31, [.ptpTimescale, .currentUtcOffsetValid], 0x50),
    ] as [(Int64?, UInt8, Flags, UInt8)])
  mutating func announcesTheQualityOfTheHostClock(
    maximumError: Int64?, accuracy: UInt8, flags: Flags, source: UInt8
  ) {
    exchange.clock.describe(
      maximumError.map { .synchronized(maximumError: .microseconds($0)) } ?? .freeRunning)
    exchange.wait(seconds: 2)
    guard let message = sent(.announce).last, case .announce(let announce) = message.body else {
      Issue.record("no Announce")
      return
    }
    #expect(message.header.flags == flags)
    #expect(announce.currentUtcOffset == 37)
    #expect(announce.timeSource == source)
    #expect(
      announce.grandmasterClockQuality
        == ClockQuality(
          clockClass: 248, clockAccuracy: accuracy, offsetScaledLogVariance: 0xFFFF))
  }
}
