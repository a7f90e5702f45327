// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

@Suite struct ElectionTests {
  @Test func becomesMasterIfNoAnnounceArrives() throws {
    var exchange = try Exchange()
    #expect(exchange.clock.state == .listening)
    exchange.wait(seconds: 5.99)
    #expect(exchange.clock.state == .listening)
    exchange.wait(seconds: 2.02)
    #expect(exchange.clock.state == .master)
    #expect(exchange.published?.state == .grandmaster)
    #expect(exchange.events.contains(.grandmaster(Exchange.own)))
  }

  @Test func aSlaveNeverBecomesMaster() throws {
    var exchange = try Exchange(.slave)
    exchange.wait(seconds: 100)
    #expect(exchange.clock.state == .listening)
    #expect(exchange.sent.isEmpty)
  }

  @Test func followsABetterMasterAfterTwoAnnounces() throws {
    var exchange = try Exchange()
    exchange.receive(Exchange.header(0, log: 1), Exchange.announce())
    #expect(exchange.clock.state == .listening)
    exchange.wait(seconds: 2)
    exchange.receive(Exchange.header(1, flags: .ptpTimescale, log: 1), Exchange.announce())
    #expect(exchange.clock.state == .uncalibrated)
    #expect(exchange.clock.parent == Exchange.master)
    #expect(exchange.clock.stepsRemoved == 1)
    #expect(exchange.clock.timeProperties.flags == .ptpTimescale)
    #expect(exchange.clock.parentDataSet.grandmasterClockQuality.clockClass == 6)
    #expect(exchange.events.last == .grandmaster(Exchange.master.clockIdentity))
  }

  @Test(arguments: [
    (Exchange.header(1, log: 1), Exchange.announce(steps: 255)),
    (Exchange.header(1, flags: .alternateMaster, log: 1), Exchange.announce()),
    (Exchange.header(0, log: 1), Exchange.announce()),
    (Exchange.header(1, domain: 1, log: 1), Exchange.announce()),
    (Exchange.header(1, log: 1), Exchange.announce(grandmaster: Exchange.own)),
    (
      Exchange.header(
        1, from: PortIdentity(clockIdentity: Exchange.own, portNumber: 1), log: 1),
      Exchange.announce()
    ),
  ])
  func ignores(header: Header, body: Message.Body) throws {
    var exchange = try Exchange()
    exchange.receive(Exchange.header(0, log: 1), Exchange.announce())
    exchange.receive(header, body)
    #expect(exchange.clock.state == .listening)
  }

  @Test func aMasterStaysMasterBesideAWorseOne() throws {
    var exchange = try Exchange(.master)
    for sequence in 0...1 as ClosedRange<UInt16> {
      exchange.receive(Exchange.header(sequence, log: 1), Exchange.announce(priority1: 200))
    }
    #expect(exchange.clock.state == .master)
  }

  @Test func class6IsPassiveBesideABetterOne() throws {
    var exchange = try Exchange(.master) {
      $0.clockQuality = ClockQuality(
        clockClass: 6, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF)
    }
    exchange.choose()
    #expect(exchange.clock.state == .passive)
    exchange.wait(seconds: 10)
    #expect(exchange.clock.state == .master)
  }

  @Test func becomesMasterIfTheMasterFallsSilent() throws {
    var exchange = try Exchange()
    exchange.choose()
    #expect(exchange.clock.state == .uncalibrated)
    exchange.wait(seconds: 3.9)
    #expect(exchange.clock.state == .uncalibrated)
    exchange.wait(seconds: 2.2)
    #expect(exchange.clock.state == .master)
    #expect(exchange.clock.parent == nil)
    #expect(exchange.clock.stepsRemoved == 0)
    #expect(!exchange.clock.timeProperties.flags.contains(.timeTraceable))
  }

  @Test func theTimeoutFollowsTheIntervalOfASlowMaster() throws {
    var exchange = try Exchange()
    for sequence in 0..<8 as Range<UInt16> {
      exchange.receive(Exchange.header(sequence, log: 2), Exchange.announce())
      exchange.wait(seconds: 4)
    }
    exchange.wait(seconds: 7.9)
    #expect(exchange.clock.state == .uncalibrated)
    exchange.wait(seconds: 8)
    #expect(exchange.clock.state == .master)
  }

  @Test func theNextBestTakesOver() throws {
    let other = PortIdentity(clockIdentity: ClockIdentity(0x77), portNumber: 1)
    var exchange = try Exchange()
    for sequence in 0..<10 as Range<UInt16> {
      if sequence < 4 {
        exchange.receive(Exchange.header(sequence, log: 1), Exchange.announce(priority1: 1))
      }
      exchange.receive(
        Exchange.header(sequence, from: other, log: 1),
        Exchange.announce(priority1: 2, grandmaster: other.clockIdentity))
      exchange.wait(seconds: 2)
    }
    #expect(exchange.clock.parent == other)
    #expect(!exchange.events.contains(.state(.master)))
  }

  @Test func aLostLinkIsAFault() throws {
    var exchange = try Exchange()
    exchange.choose()
    exchange.clock.link(isUp: false, at: exchange.now)
    #expect(exchange.clock.state == .faulty)
    #expect(exchange.clock.deadline == nil)
    exchange.choose()
    #expect(exchange.clock.state == .faulty)
    exchange.clock.link(isUp: true, at: exchange.now)
    #expect(exchange.clock.state == .listening)
  }
}
