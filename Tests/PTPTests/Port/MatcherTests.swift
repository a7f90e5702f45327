// SPDX-License-Identifier: MIT
import MediaClock
import Testing

@testable import PTP

private func at(_ nanoseconds: Int64) -> MonotonicInstant {
  MonotonicInstant(nanoseconds: nanoseconds)
}

private func ptp(_ nanoseconds: Int64) -> PTPInstant { PTPInstant(nanoseconds: nanoseconds) }

private let none = TimeInterval.zero

@Suite struct SyncMatcherTests {
  var matcher = SyncMatcher()

  @Test mutating func matchesInBothOrders() {
    #expect(matcher.sync(1, TimeInterval(scaled: 5), received: at(10), at: at(10)) == nil)
    #expect(
      matcher.followUp(1, TimeInterval(scaled: -7), origin: ptp(3), at: at(30))
        == SyncMeasurement(
          origin: ptp(3), correction: TimeInterval(scaled: -2), received: at(10)))
    #expect(matcher.followUp(2, none, origin: ptp(4), at: at(30)) == nil)
    #expect(matcher.sync(2, none, received: at(20), at: at(20))?.origin == ptp(4))
  }

  @Test mutating func usesEachMessageOnce() {
    _ = matcher.sync(1, none, received: at(10), at: at(10))
    #expect(matcher.followUp(1, none, origin: ptp(3), at: at(30)) != nil)
    #expect(matcher.followUp(1, none, origin: ptp(3), at: at(30)) == nil)
  }

  @Test("Field case, kinds: of duplicated messages, the first copy counts, in any order")
  mutating func copiesCountOnce() {
    let late = at(900_000)
    _ = matcher.sync(1, none, received: at(10), at: at(10))
    #expect(matcher.sync(1, none, received: late, at: late) == nil)
    #expect(matcher.followUp(1, none, origin: ptp(3), at: late)?.received == at(10))
    #expect(matcher.followUp(1, none, origin: ptp(3), at: late) == nil)
    #expect(matcher.sync(1, none, received: late, at: late) == nil)
    #expect(matcher.followUp(1, none, origin: ptp(3), at: late) == nil)
    #expect(matcher.copies == 4)
    #expect(matcher.unmatched == 0)
  }

  @Test("A duplicated one-step Sync is one measurement")
  mutating func copiesOfOneStep() {
    let first = matcher.oneStep(7, none, origin: ptp(3), received: at(10), at: at(10))
    #expect(first?.received == at(10))
    #expect(matcher.oneStep(7, none, origin: ptp(3), received: at(90), at: at(90)) == nil)
    #expect(matcher.oneStep(8, none, origin: ptp(4), received: at(95), at: at(95)) != nil)
  }

  @Test("Sequence numbers that a restarted master uses again are not duplicates")
  mutating func reusedSequenceNumbers() {
    let later = at(1_500_000_000)
    _ = matcher.sync(1, none, received: at(10), at: at(10))
    #expect(matcher.followUp(1, none, origin: ptp(3), at: at(20)) != nil)
    _ = matcher.sync(2, none, received: at(30), at: at(30))
    #expect(matcher.sync(1, none, received: later, at: later) == nil)
    #expect(matcher.followUp(1, none, origin: ptp(9), at: later)?.received == later)
    #expect(matcher.sync(2, none, received: later, at: later) == nil)
    #expect(matcher.followUp(2, none, origin: ptp(9), at: later)?.received == later)
  }

  @Test mutating func forgetsTheOldestMessage() {
    for sequence in 0..<17 as Range<UInt16> {
      _ = matcher.sync(sequence, none, received: at(1), at: at(1))
    }
    #expect(matcher.unmatched == 1)
    #expect(matcher.followUp(0, none, origin: ptp(3), at: at(30)) == nil)
    #expect(matcher.followUp(16, none, origin: ptp(3), at: at(30)) != nil)
  }

  @Test mutating func refusesCorrectionsThatOverflow() {
    _ = matcher.sync(1, TimeInterval(scaled: .max), received: at(1), at: at(1))
    #expect(matcher.followUp(1, TimeInterval(scaled: .max), origin: ptp(3), at: at(30)) == nil)
  }
}

@Suite struct DelayExchangeTests {
  var exchange = DelayExchange()

  @Test mutating func completesInBothOrders() {
    exchange.request(1, at: at(0))
    #expect(exchange.sent(1, at: at(5)) == nil)
    let (isKnown, measurement) = exchange.answer(1, received: ptp(9), correction: none, at: at(6))
    #expect(isKnown)
    #expect(measurement == DelayMeasurement(sent: at(5), received: ptp(9), correction: none))
    exchange.request(2, at: at(0))
    #expect(exchange.answer(2, received: ptp(9), correction: none, at: at(6)).isKnown)
    #expect(exchange.sent(2, at: at(5)) != nil)
  }

  @Test mutating func recognizesAnswersToItsRequests() {
    #expect(!exchange.answer(1, received: ptp(9), correction: none, at: at(6)).isKnown)
    exchange.request(1, at: at(0))
    #expect(exchange.answer(1, received: ptp(9), correction: none, at: at(6)).isKnown)
    #expect(!exchange.answer(1, received: ptp(8), correction: none, at: at(7)).isKnown)
    exchange.request(2, at: at(0))
    #expect(
      !exchange.answer(2, received: ptp(9), correction: none, at: at(2_000_000_001)).isKnown)
  }

  @Test mutating func withoutAStampThereIsNoMeasurement() {
    exchange.request(1, at: at(0))
    _ = exchange.answer(1, received: ptp(9), correction: none, at: at(6))
    #expect(exchange.sent(1, at: nil) == nil)
    #expect(exchange.sent(1, at: at(5)) == nil)
  }
}
