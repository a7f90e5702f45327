// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

/// The list of announced clocks, and the clock that wins.
@Suite struct HeardClockTests {
  private static let other = PortIdentity(
    clockIdentity: ClockIdentity(0x02_0000_FFFE_0000_50), portNumber: 3)

  private func names(_ exchange: Exchange) -> [ClockIdentity] {
    exchange.clock.heardClocks(at: exchange.now).map(\.rank.sender.clockIdentity)
  }

  @Test func thisClockWinsIfItIsAlone() throws {
    let exchange = try Exchange(.master)
    let clocks = exchange.clock.heardClocks(at: exchange.now)
    #expect(clocks.count == 1 && clocks[0].isOwn && clocks[0].wins && clocks[0].isCandidate)
    #expect(clocks[0].rank.priority1 == 128 && clocks[0].lastHeard == nil)
  }

  @Test func aSlaveOnlyClockIsNotCounted() throws {
    let exchange = try Exchange(.slave)
    let own = exchange.clock.heardClocks(at: exchange.now)[0]
    #expect(own.isOwn && !own.isCandidate && !own.wins)
  }

  /// One clock is announced at 1 s and 3 s with priority 100, another one at 3 s and 5 s with priority 50.
  /// Both are silent afterwards.
  @Test func theBestCandidateWins() throws {
    var exchange = try Exchange()
    exchange.receive(Exchange.header(0, log: 1), Exchange.announce())
    exchange.wait(seconds: 2)
    exchange.receive(Exchange.header(1, log: 1), Exchange.announce())
    let better = Exchange.announce(priority1: 50, grandmaster: Self.other.clockIdentity)
    exchange.receive(Exchange.header(0, from: Self.other, log: 1), better)
    var clocks = exchange.clock.heardClocks(at: exchange.now)
    // A single Announce does not make a candidate, even with the best priority.
    #expect(
      names(exchange) == [Exchange.master.clockIdentity, Exchange.own, Self.other.clockIdentity])
    #expect(clocks.map(\.wins) == [true, false, false])
    #expect(clocks.map(\.isCandidate) == [true, true, false])
    #expect(clocks.map(\.isParent) == [true, false, false])
    #expect(clocks[0].lastHeard == MonotonicInstant(nanoseconds: 3_000_000_000))
    #expect(clocks[2].rank.sender.portNumber == 3 && clocks[2].rank.priority1 == 50)
    #expect(clocks[0].timeSource == 0x20 && clocks[0].rank.quality.clockClass == 6)

    exchange.wait(seconds: 2)
    exchange.receive(Exchange.header(1, from: Self.other, log: 1), better)
    clocks = exchange.clock.heardClocks(at: exchange.now)
    #expect(
      names(exchange) == [Self.other.clockIdentity, Exchange.master.clockIdentity, Exchange.own])
    #expect(clocks[0].wins && clocks[0].isParent && exchange.clock.parent == Self.other)

    // Silence: 60 s after its last Announce a clock is not listed any more.
    exchange.wait(seconds: 57.9)
    #expect(names(exchange).contains(Exchange.master.clockIdentity))
    #expect(exchange.clock.heardClocks(at: exchange.now)[0].isOwn)
    exchange.wait(seconds: 0.2)
    #expect(!names(exchange).contains(Exchange.master.clockIdentity))
  }

  @Test func aWorseClockIsListedBehindThisOne() throws {
    var exchange = try Exchange(.master)
    for sequence in 0...1 as ClosedRange<UInt16> {
      exchange.receive(Exchange.header(sequence, log: 1), Exchange.announce(priority1: 200))
    }
    let clocks = exchange.clock.heardClocks(at: exchange.now)
    #expect(clocks.map(\.isOwn) == [true, false] && clocks.map(\.wins) == [true, false])
    #expect(clocks[1].isCandidate && !clocks[1].isParent)
  }
}
