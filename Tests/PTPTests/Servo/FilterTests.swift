// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import Testing

@testable import PTP

@Suite struct DelayFilterTests {
  var filter = DelayFilter()

  @Test mutating func isTheMedianOfTen() {
    #expect(filter.delay == nil)
    filter.add(5)
    #expect(filter.delay == 5)
    for delay in [7.0, 6] { filter.add(delay) }
    #expect(filter.delay == 6)
    for _ in 0..<7 { filter.add(8) }
    #expect(filter.delay == 8)
    for _ in 0..<9 { filter.add(4) }
    #expect(filter.delay == 4)
  }

  @Test mutating func dropsNegativeAndFarFetched() {
    filter.add(-1)
    filter.add(2e9)
    filter.add(.nan)
    #expect(filter.delay == nil)
    for _ in 0..<4 { filter.add(10) }
    filter.add(41)
    #expect(filter.delay == 10)
    #expect(filter.rejected == 4)
  }

  @Test mutating func followsAPathThatReallyChanged() {
    for _ in 0..<10 { filter.add(10) }
    for _ in 0..<9 { filter.add(100) }
    #expect(filter.delay == 10)
    filter.add(100)
    #expect(filter.delay == 100)
  }
}

@Suite struct AcquisitionTests {
  static func sync(_ milliseconds: Int64, gain: Int64, late: Int64 = 0) -> SyncMeasurement {
    SyncMeasurement(
      origin: PTPInstant(nanoseconds: 500_000_000_000 + milliseconds * 1_000_000 + gain),
      correction: .zero,
      received: MonotonicInstant(nanoseconds: 7_000_000_000 + milliseconds * 1_000_000 + late))
  }

  /// 8 Sync/s of a master that gains 50 ppm.
  static func collect(_ count: Int64, late: (Int64) -> Int64 = { _ in 0 }) -> Acquisition {
    var acquisition = Acquisition(sync(0, gain: 0, late: late(0)))
    for index in 1..<count {
      acquisition.add(sync(index * 125, gain: index * 6_250, late: late(index)))
    }
    return acquisition
  }

  @Test func needsTwoSecondsAndSixteenSyncs() {
    #expect(Self.collect(16).fit(gate: 1_000) == nil)
    #expect(Self.collect(17).fit(gate: 1_000) != nil)
  }

  @Test func findsTheLineInSpiteOfOutliers() throws {
    let acquisition = Self.collect(24) { $0 % 5 == 2 ? 1_000_000 : 0 }
    let fit = try #require(acquisition.fit(gate: 1_000))
    #expect(abs(fit.rate - 50_000) < 1)
    #expect(abs(fit.gain - 23 * 6_250) < 1)
  }

  @Test func refusesPointsThatDisagree() {
    var generator = SeededGenerator(seed: 9)
    let acquisition = Self.collect(24) { _ in Int64(generator.fraction() * 10_000_000) }
    #expect(acquisition.fit(gate: 40_000) == nil)
  }

  @Test func slowMastersNeedFourSeconds() {
    var acquisition = Acquisition(Self.sync(0, gain: 0))
    for index in 1...3 as ClosedRange<Int64> { acquisition.add(Self.sync(index * 1_000, gain: 0)) }
    #expect(acquisition.fit(gate: 1_000) == nil)
    acquisition.add(Self.sync(4_000, gain: 0))
    #expect(acquisition.fit(gate: 1_000)?.rate == 0)
  }

  @Test func watchesFastMastersForSecondsToo() {
    var acquisition = Acquisition(Self.sync(0, gain: 0))
    for index in 1...300 as ClosedRange<Int64> { acquisition.add(Self.sync(index * 8, gain: 0)) }
    #expect(acquisition.fit(gate: 1_000) != nil)
  }

  @Test func forgetsNoTimeButTheWrongOrder() {
    var acquisition = Self.collect(10)
    acquisition.add(Self.sync(3, gain: 0))
    #expect(acquisition.syncs.count == 10)
  }
}

@Suite struct LockDetectorTests {
  var detector = LockDetector(.software)

  static func at(_ index: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: index * 125_000_000)
  }

  @Test mutating func locksWithSixteenGoodOnes() {
    for index in 0..<15 as Range<Int64> { detector.add(9_000, at: Self.at(index)) }
    #expect(!detector.isLocked)
    detector.add(9_000, at: Self.at(15))
    #expect(detector.isLocked)
  }

  @Test mutating func doesNotLockWhenFarOrScattered() {
    for index in 0..<100 as Range<Int64> { detector.add(10_001, at: Self.at(index)) }
    #expect(!detector.isLocked)
    detector.reset()
    for index in 0..<100 as Range<Int64> {
      detector.add(index % 2 == 0 ? -9_000 : 9_000, at: Self.at(index))
    }
    #expect(!detector.isLocked)
  }

  @Test mutating func unlocksAfterThreeBadSeconds() {
    for index in 0..<16 as Range<Int64> { detector.add(0, at: Self.at(index)) }
    for index in 16..<47 as Range<Int64> { detector.add(60_000, at: Self.at(index)) }
    #expect(detector.isLocked)
    detector.add(60_000, at: Self.at(47))
    #expect(!detector.isLocked)
  }

  @Test mutating func staysLockedThroughABadSecond() {
    for index in 0..<16 as Range<Int64> { detector.add(0, at: Self.at(index)) }
    for index in 16..<32 as Range<Int64> { detector.add(60_000, at: Self.at(index)) }
    for index in 32..<200 as Range<Int64> { detector.add(0, at: Self.at(index)) }
    #expect(detector.isLocked)
  }
}

@Suite struct MeasurementTests {
  @Test func correctionsCountBelowTheNanosecond() {
    let origin = Origin(
      monotonic: MonotonicInstant(nanoseconds: 1_000), ptp: PTPInstant(nanoseconds: 9_000))
    let sync = SyncMeasurement(
      origin: PTPInstant(nanoseconds: 9_100), correction: TimeInterval(scaled: -0x8000),
      received: MonotonicInstant(nanoseconds: 1_090))
    #expect(origin.gain(sync) == 9.5)
    let delay = DelayMeasurement(
      sent: MonotonicInstant(nanoseconds: 1_200), received: PTPInstant(nanoseconds: 9_220),
      correction: TimeInterval(scaled: 0x4000))
    #expect(origin.gain(delay) == 19.75)
    #expect(
      origin.time(at: MonotonicInstant(nanoseconds: 2_000), gain: -5)
        == PTPInstant(nanoseconds: 9_995))
  }

  @Test func extremeTimesDoNotTrap() {
    let origin = Origin(
      monotonic: MonotonicInstant(nanoseconds: .max), ptp: PTPInstant(nanoseconds: 0))
    let sync = SyncMeasurement(
      origin: PTPInstant(nanoseconds: 1 << 62), correction: TimeInterval(scaled: .min),
      received: MonotonicInstant(nanoseconds: 0))
    _ = origin.gain(sync)
    _ = origin.time(at: MonotonicInstant(nanoseconds: .max), gain: 1e300)
  }

  @Test func publishedTimeIsTheInverseOfTheRelation() {
    let time = PTPInstant(nanoseconds: 1_795_000_000_123_456_789)
    let now = MonotonicInstant(nanoseconds: 12_345)
    let clock = DeviceClock.freeRunning(from: now, at: time, rate: .hz48000)
    for elapsed in [0, 1, 20_833, 1_000_000_007, 86_400_000_000_000] as [Int64] {
      let instant = now + Interval(nanoseconds: elapsed)
      let shown = clock.time(at: instant, rate: .hz48000)
      #expect(abs((shown - time).nanoseconds - elapsed) <= 1)
    }
  }
}
