// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Testing

@testable import PTP

@Suite struct ForeignMastersTests {
  var masters = ForeignMasters()
  static let receiver = PortIdentity(clockIdentity: ClockIdentity(0x99), portNumber: 1)

  static func identity(_ number: UInt64) -> PortIdentity {
    PortIdentity(clockIdentity: ClockIdentity(number), portNumber: 1)
  }

  @discardableResult
  mutating func hear(
    _ number: UInt64, _ sequence: UInt16, at seconds: Int64, priority1: UInt8 = 128,
    log: Int8 = 1, parent: UInt64? = nil
  ) -> ForeignMasters.Outcome {
    masters.hear(
      Announce(
        currentUtcOffset: 37, grandmasterPriority1: priority1,
        grandmasterClockQuality: ClockQuality(
          clockClass: 248, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF),
        grandmasterPriority2: 128, grandmasterIdentity: ClockIdentity(number), stepsRemoved: 0,
        timeSource: 0xA0),
      Header(
        domainNumber: 0, sourcePortIdentity: Self.identity(number), sequenceId: sequence,
        logMessageInterval: log),
      at: MonotonicInstant(nanoseconds: seconds * 1_000_000_000), logAnnounceInterval: 1,
      parent: parent.map(Self.identity))
  }

  func best(at seconds: Int64, parent: UInt64? = nil) -> UInt64? {
    masters.best(
      at: MonotonicInstant(nanoseconds: seconds * 1_000_000_000), receiver: Self.receiver,
      logAnnounceInterval: 1, parent: parent.map(Self.identity))?.identity.clockIdentity.bits
  }

  @Test mutating func qualifiesWithTwoAnnouncesInFourIntervals() {
    hear(1, 0, at: 0)
    #expect(best(at: 0) == nil)
    hear(1, 1, at: 8)
    #expect(best(at: 8) == 1)
    #expect(best(at: 9) == nil)
    #expect(best(at: 9, parent: 1) == 1)
    hear(1, 2, at: 17)
    #expect(best(at: 17) == nil)
  }

  @Test mutating func slowMastersQualifyByTheirOwnInterval() {
    hear(1, 0, at: 0, log: 2)
    hear(1, 1, at: 12, log: 2)
    #expect(best(at: 12) == 1)
    hear(2, 0, at: 0, log: 127)
    hear(2, 1, at: 12, log: 127)
    #expect(best(at: 12) == 1)
  }

  @Test mutating func repetitionsAndLateCopiesDoNotQualify() {
    hear(1, 100, at: 0)
    #expect(hear(1, 100, at: 1) == .repeated)
    #expect(hear(1, 92, at: 1) == .repeated)
    #expect(best(at: 1) == nil)
    #expect(hear(1, 0, at: 2) == .heard)
    #expect(best(at: 2) == 1)
  }

  @Test mutating func sequencesWrap() {
    hear(1, 65_535, at: 0)
    #expect(hear(1, 0, at: 2) == .heard)
    #expect(best(at: 2) == 1)
  }

  @Test mutating func choosesTheBest() {
    for number in 1...3 as ClosedRange<UInt64> {
      hear(number, 0, at: 0, priority1: UInt8(130 - number))
      hear(number, 1, at: 2, priority1: UInt8(130 - number))
    }
    #expect(best(at: 2) == 3)
    masters.forget(Self.identity(3))
    #expect(best(at: 2) == 2)
  }

  @Test mutating func floodsDoNotDisplaceQualifiedMasters() {
    hear(1, 0, at: 0)
    hear(1, 1, at: 1)
    for number in 1_000...2_000 as ClosedRange<UInt64> { hear(number, 0, at: 1) }
    #expect(masters.masters.count == ForeignMasters.capacity)
    #expect(best(at: 1) == 1)
    for number in 3_000...3_100 as ClosedRange<UInt64> {
      hear(number, 0, at: 1, parent: 1)
      hear(number, 1, at: 1, parent: 1)
    }
    #expect(masters.masters.count == ForeignMasters.capacity)
    #expect(masters[Self.identity(1)] != nil)
    #expect(hear(9_999, 0, at: 1, parent: 1) == .full)
    #expect(hear(9_999, 0, at: 30, parent: 1) == .heard)
    #expect(masters[Self.identity(1)] != nil)
  }
}
