// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import Testing

@testable import PTP

@Suite struct DelayFilterTests {
  var filter = DelayFilter(floor: 1)

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

  @Test mutating func rejectsOutliers() {
    filter.add(-2e9)
    filter.add(2e9)
    filter.add(.nan)
    #expect(filter.delay == nil)
    for _ in 0..<4 { filter.add(10) }
    filter.add(41)
    filter.add(-21)
    #expect(filter.delay == 10)
    #expect(filter.rejected == 5)
  }

  @Test(
    "Field case 4: a path delay below zero is measured like any other",
    arguments: [
      -100_000.0, -20_000, -5_000, -300,
    ])
  mutating func takesDelaysBelowZero(delay: Double) {
    for index in 0..<40 { filter.add(delay + (index % 2 == 0 ? 40 : -40)) }
    #expect(abs((filter.delay ?? 0) - delay) <= 40)
    #expect(filter.rejected == 0)
    #expect(filter.isNegative)
  }

  @Test("Field case 4: around zero, values of both signs count, and the delay is not negative")
  mutating func countsBothSigns() {
    var filter = DelayFilter(floor: 10_000)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<200 { filter.add(2_000 * generator.fraction() - 1_000) }
    #expect(filter.rejected == 0)
    #expect(abs(filter.delay ?? .infinity) < 400)
    #expect(!filter.isNegative)
  }

  @Test(
    "Field case 5: jitter of 30 us averages out, and a changed path shows within a minute")
  mutating func averagesScatter() {
    var filter = DelayFilter(floor: 10_000)
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<64 { filter.add(50_000 + 60_000 * (generator.fraction() - 0.5)) }
    #expect(abs((filter.delay ?? 0) - 50_000) < 8_000)
    #expect((filter.uncertainty ?? .infinity) < 6_000)
    for _ in 0..<60 { filter.add(110_000 + 60_000 * (generator.fraction() - 0.5)) }
    #expect(abs((filter.delay ?? 0) - 110_000) < 12_000)
  }

  @Test mutating func followsALastingChangeOfThePath() {
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

  @Test func fastMastersNeedTwoSecondsToo() {
    var acquisition = Acquisition(Self.sync(0, gain: 0))
    for index in 1...300 as ClosedRange<Int64> { acquisition.add(Self.sync(index * 8, gain: 0)) }
    #expect(acquisition.fit(gate: 1_000) != nil)
  }

  @Test func ignoresSyncsOutOfOrder() {
    var acquisition = Self.collect(10)
    acquisition.add(Self.sync(3, gain: 0))
    #expect(acquisition.syncs.count == 10)
  }
}

@Suite("Lock: by the error of the published clock, not by the jitter of Syncs (field case 5)")
struct LockDetectorTests {
  var detector = LockDetector(.software)

  private mutating func add(
    _ error: Double, uncertainty: Double = 1_000, offset: Double = 0, _ range: Range<Int64>,
    spacing: Int64 = 125
  ) {
    for index in range {
      detector.add(
        offset: offset, error: error, uncertainty: uncertainty,
        at: MonotonicInstant(nanoseconds: index * spacing * 1_000_000))
    }
  }

  @Test mutating func locksWithSixteenGoodSyncs() {
    add(9_000, 0..<15)
    #expect(!detector.isLocked)
    add(9_000, 15..<16)
    #expect(detector.isLocked)
    #expect(detector.accuracy == 11_000)
  }

  @Test mutating func slowMastersNeedFewerSyncs() {
    add(9_000, 0..<4, spacing: 1_000)
    #expect(!detector.isLocked)
    add(9_000, 4..<5, spacing: 1_000)
    #expect(detector.isLocked)
  }

  @Test mutating func doesNotLockWithALargeErrorOrUncertainty() {
    add(10_001, 0..<100)
    #expect(!detector.isLocked)
    detector.reset()
    add(0, uncertainty: 5_001, 0..<100)
    #expect(!detector.isLocked)
  }

  @Test(arguments: [30_000.0, 60_000, 5_000_000]) mutating func jitterDoesNotPreventTheLock(
    half: Double
  ) {
    for index in 0..<16 as Range<Int64> {
      detector.add(
        offset: index % 2 == 0 ? half : -half, error: 100, uncertainty: 4_000,
        at: MonotonicInstant(nanoseconds: index * 125_000_000))
    }
    #expect(detector.isLocked)
    #expect(detector.deviation == half)
  }

  @Test mutating func unlocksAfterThreeBadSeconds() {
    add(0, 0..<16)
    add(60_000, 16..<48)
    #expect(detector.isLocked)
    add(60_000, 48..<49)
    #expect(!detector.isLocked)
  }

  @Test mutating func unlocksWhenTheEstimateIsLost() {
    add(0, 0..<16)
    add(0, uncertainty: 25_001, 16..<41)
    #expect(!detector.isLocked)
  }

  @Test mutating func staysLockedThroughABadSecond() {
    add(0, 0..<16)
    add(60_000, 16..<32)
    add(0, 32..<200)
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
