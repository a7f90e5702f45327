// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

@Suite struct ValueTests {
  @Test func makesIdentityFromEthernetAddress() {
    let identity = ClockIdentity(ethernetAddress: 0xCE73_D98B_7E7F)
    #expect(identity.bits == 0xCE73_D9FF_FE8B_7E7F)
    #expect(identity.description == "CE-73-D9-FF-FE-8B-7E-7F")
  }

  @Test(
    arguments: [
      (0, 0, 0), (1, 999_999_999, 1_999_999_999), (4_611_686_017, 0, 4_611_686_017_000_000_000),
      (4_611_686_018, 0, nil), (0xFFFF_FFFF_FFFF, 0, nil), (1, 1_000_000_000, nil),
      (0, .max, nil),
    ] as [(UInt64, UInt32, Int64?)])
  func timestampIsAnInstantOrNone(seconds: UInt64, nanoseconds: UInt32, instant: Int64?) {
    let stamp = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    #expect(stamp.instant?.nanoseconds == instant)
    if let instant { #expect(Timestamp(PTPInstant(nanoseconds: instant)) == stamp) }
  }

  @Test func timesBeforeTheEpochBecomeTheEpoch() {
    #expect(Timestamp(PTPInstant(nanoseconds: -5)) == .zero)
  }

  @Test(
    arguments: [
      (0, 0), (0x8000, 1), (0x7FFF, 0), (-0x8000, 0), (-0x8001, -1), (-0x10000, -1),
      (.max, 140_737_488_355_328), (.min, -140_737_488_355_328),
    ] as [(Int64, Int64)])
  func roundsIntervals(scaled: Int64, nanoseconds: Int64) {
    #expect(TimeInterval(scaled: scaled).interval.nanoseconds == nanoseconds)
  }

  @Test func intervalsSaturateAndSumsDoNotWrap() {
    #expect(TimeInterval(.seconds(200_000)).interval.nanoseconds == 140_737_488_355_327)
    #expect(TimeInterval(Interval(nanoseconds: .min)).scaled < 0)
    #expect(TimeInterval(scaled: .max) + TimeInterval(scaled: 1) == nil)
    #expect(TimeInterval(scaled: 1) + TimeInterval(scaled: -2) == TimeInterval(scaled: -1))
  }
}
