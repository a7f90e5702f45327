// SPDX-License-Identifier: MIT
import Addressing
import Testing

@testable import PTP

/// The comparison of ranks (BMC-01, BMC-02). Each attribute weighs more than all that follow.
@Suite struct RankTests {
  static let plain = rank()

  static func rank(
    priority1: UInt8 = 128, clockClass: UInt8 = 248, accuracy: UInt8 = 0xFE,
    variance: UInt16 = 0x4E5D, priority2: UInt8 = 128, grandmaster: UInt64 = 0x20,
    steps: UInt16 = 0, sender: UInt64 = 0x20, receiver: UInt64 = 0x99
  ) -> Rank {
    Rank(
      Announce(
        currentUtcOffset: 37, grandmasterPriority1: priority1,
        grandmasterClockQuality: ClockQuality(
          clockClass: clockClass, clockAccuracy: accuracy, offsetScaledLogVariance: variance),
        grandmasterPriority2: priority2, grandmasterIdentity: ClockIdentity(grandmaster),
        stepsRemoved: steps, timeSource: 0xA0),
      from: PortIdentity(clockIdentity: ClockIdentity(sender), portNumber: 1),
      at: PortIdentity(clockIdentity: ClockIdentity(receiver), portNumber: 1))
  }

  /// Ranks that are worse than the plain one in the n-th attribute, and better in all that follow.
  static let worse = [
    rank(
      priority1: 129, clockClass: 6, accuracy: 0x20, variance: 0, priority2: 0, grandmaster: 1),
    rank(clockClass: 249, accuracy: 0x20, variance: 0, priority2: 0, grandmaster: 2),
    rank(accuracy: 0xFF, variance: 0, priority2: 0, grandmaster: 3),
    rank(variance: 0xFFFF, priority2: 0, grandmaster: 4),
    rank(priority2: 129, grandmaster: 5),
    rank(grandmaster: 0x21),
  ]

  @Test(arguments: worse) func attributesWeighInOrder(worse: Rank) {
    #expect(Self.plain.compared(to: worse) == .better)
    #expect(worse.compared(to: Self.plain) == .worse)
  }

  @Test func isTotalAndAntisymmetric() {
    let ranks = Self.worse + [Self.plain]
    for one in ranks {
      for other in ranks where one != other {
        #expect(one.compared(to: other).isBetter != other.compared(to: one).isBetter)
      }
    }
  }

  @Test func nearerByTwoIsBetter() {
    #expect(Self.rank(steps: 1).compared(to: Self.rank(steps: 3)) == .better)
    #expect(Self.rank(steps: 3).compared(to: Self.rank(steps: 1)) == .worse)
    #expect(Self.rank(steps: 0).compared(to: Self.rank(steps: .max)) == .better)
  }

  @Test func nearerByOneIsDecidedByTheSender() {
    let near = Self.rank(steps: 1, sender: 0x30)
    #expect(near.compared(to: Self.rank(steps: 2, sender: 0x31)) == .betterByTopology)
    #expect(near.compared(to: Self.rank(steps: 2, sender: 0x9A)) == .better)
    #expect(Self.rank(steps: 2, sender: 0x31).compared(to: near) == .worseByTopology)
    #expect(Self.rank(steps: 2, sender: 0x9A).compared(to: near) == .worse)
    #expect(near.compared(to: Self.rank(steps: 2, sender: 0x99)) == .same)
  }

  @Test func equallyNearIsDecidedByIdentity() {
    let low = Self.rank(steps: 1, sender: 0x30)
    let high = Self.rank(steps: 1, sender: 0x31)
    #expect(low.compared(to: high) == .betterByTopology)
    #expect(high.compared(to: low) == .worseByTopology)
    #expect(low.compared(to: low) == .same)
  }

  @Test(
    arguments: [
      (248, 128, nil, false, .master), (248, 128, nil, true, .undecided),
      (248, 128, 127, false, .slave), (248, 128, 129, true, .master),
      (6, 128, 127, true, .passive), (6, 128, 129, true, .master),
      (255, 128, 129, true, .slave), (255, 128, nil, false, .undecided),
    ] as [(UInt8, UInt8, UInt8?, Bool, Decision)])
  func decides(
    clockClass: UInt8, priority1: UInt8, best: UInt8?, isListening: Bool, decision: Decision
  ) {
    let own = DefaultDataSet(
      slaveOnly: clockClass == 255, priority1: priority1,
      clockQuality: ClockQuality(
        clockClass: clockClass, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF),
      priority2: 128, clockIdentity: ClockIdentity(0x99), domainNumber: 0)
    let rank = best.map { Self.rank(priority1: $0) }
    #expect(Decision(own: own, best: rank, isListening: isListening) == decision)
  }
}
