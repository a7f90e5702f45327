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
    #expect(matcher.sync(1, TimeInterval(scaled: 5), received: at(10)) == nil)
    #expect(
      matcher.followUp(1, TimeInterval(scaled: -7), origin: ptp(3))
        == SyncMeasurement(
          origin: ptp(3), correction: TimeInterval(scaled: -2), received: at(10)))
    #expect(matcher.followUp(2, none, origin: ptp(4)) == nil)
    #expect(matcher.sync(2, none, received: at(20))?.origin == ptp(4))
  }

  @Test mutating func spendsEachHalfOnce() {
    _ = matcher.sync(1, none, received: at(10))
    #expect(matcher.followUp(1, none, origin: ptp(3)) != nil)
    #expect(matcher.followUp(1, none, origin: ptp(3)) == nil)
  }

  @Test mutating func keepsFewAndForgetsTheOldest() {
    for sequence in 0..<5 as Range<UInt16> { _ = matcher.sync(sequence, none, received: at(1)) }
    #expect(matcher.unmatched == 1)
    #expect(matcher.followUp(0, none, origin: ptp(3)) == nil)
    #expect(matcher.followUp(4, none, origin: ptp(3)) != nil)
  }

  @Test mutating func refusesCorrectionsThatOverflow() {
    _ = matcher.sync(1, TimeInterval(scaled: .max), received: at(1))
    #expect(matcher.followUp(1, TimeInterval(scaled: .max), origin: ptp(3)) == nil)
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

  @Test mutating func knowsWhatItAsked() {
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
