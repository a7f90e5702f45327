// SPDX-License-Identifier: MIT
import MediaClock
import Testing

@testable import PTP

/// A servo and an exact master, with literal times.
private struct Bench {
  var servo = Servo(
    clock: .freeRunning(
      from: MonotonicInstant(nanoseconds: 0), at: PTPInstant(nanoseconds: 3_600_000_000_000),
      rate: .hz48000),
    sampleRate: .hz48000, timestamps: .software)
  /// Local time in Sync intervals, which are an eighth of a second.
  var tick: Int64 = 0
  /// The time of the master at local time 0, in nanoseconds.
  var epoch: Int64 = 1_000_000_000_000
  /// The rate of the master against the local clock, in parts per million.
  var ppm: Int64 = 40
  var delay: Int64 = 3_000
  var generations: Set<UInt32> = []
  /// The greatest step of the published time at a Sync, in nanoseconds.
  var maximumStep: Int64 = 0

  var now: MonotonicInstant { MonotonicInstant(nanoseconds: tick * 125_000_000) }

  func master(at local: MonotonicInstant) -> PTPInstant {
    PTPInstant(
      nanoseconds: epoch + local.nanoseconds + local.nanoseconds / 1_000_000 * ppm)
  }

  /// Gives the servo one Sync and, every fourth time, a delay measurement.
  mutating func step(late: Int64 = 0, withDelay: Bool = true) {
    tick += 1
    let before = servo.clock
    let received = now + Interval(nanoseconds: late)
    servo.receive(
      SyncMeasurement(
        origin: master(at: now) + Interval(nanoseconds: -delay), correction: .zero,
        received: received), interval: .milliseconds(125), at: received)
    if before.generation == servo.clock.generation {
      let old = before.time(at: received, rate: .hz48000)
      let new = servo.clock.time(at: received, rate: .hz48000)
      maximumStep = max(maximumStep, abs((new - old).nanoseconds))
    }
    generations.insert(servo.clock.generation)
    guard withDelay, tick % 4 == 0 else { return }
    servo.receive(
      DelayMeasurement(
        sent: now, received: master(at: now) + Interval(nanoseconds: delay), correction: .zero),
      at: received)
  }

  mutating func run(_ steps: Int) { for _ in 0..<steps { step() } }

  var error: Int64 {
    (servo.clock.time(at: now, rate: .hz48000) - master(at: now)).nanoseconds
  }
}

@Suite struct ServoTests {
  private var bench = Bench()

  init() { bench.servo.select(at: bench.now) }

  @Test mutating func locksWithinFiveSeconds() {
    #expect(bench.servo.clock.state == .acquiring)
    bench.run(40)
    #expect(bench.servo.isLocked)
    #expect(bench.servo.clock.state == .locked)
    #expect(abs(bench.error) < 200)
    #expect(abs(bench.servo.rate - 40_000) < 10)
    #expect(bench.servo.rebases == 1)
    #expect(abs((bench.servo.meanPathDelay ?? 0) - 3_000) < 100)
    #expect(bench.servo.nextEvent() == .rebased(Rebase(frames: -124_799_996, cause: .start)))
  }

  @Test mutating func needsAPathDelay() {
    for _ in 0..<100 { bench.step(withDelay: false) }
    #expect(!bench.servo.isLocked)
    #expect(bench.servo.rebases == 0)
  }

  @Test mutating func neverStepsAndSlewsGently() {
    bench.run(80)
    bench.epoch += 500_000
    for _ in 0..<400 {
      let before = bench.servo.clock.relation.rate
      bench.step()
      let ratio = Double(bench.servo.clock.relation.rate) / Double(before)
      #expect(abs(ratio - 1) < 1.1e-3)
    }
    #expect(bench.generations.count == 2)
    #expect(bench.maximumStep <= 1)
    #expect(bench.servo.isLocked)
    #expect(abs(bench.error) < 200)
  }

  @Test mutating func aNewEpochIsOneRebaseWithoutAStep() {
    bench.run(80)
    let relation = bench.servo.clock.relation
    bench.epoch += 37_000_000_000
    bench.run(15)
    #expect(bench.servo.rebases == 1)
    #expect(bench.servo.isLocked)
    bench.run(60)
    #expect(bench.servo.rebases == 2)
    #expect(bench.servo.isLocked)
    #expect(abs(bench.error) < 200)
    #expect(bench.maximumStep <= 1)
    let drift = Double(bench.servo.clock.relation.rate) / Double(relation.rate) - 1
    #expect(abs(drift) < 1e-4)
  }

  @Test mutating func aStallIsNotANewEpoch() {
    bench.run(80)
    for late in [25_000_000, 3_000_000, 24_000_000] as [Int64] { bench.step(late: late) }
    bench.run(40)
    #expect(bench.servo.rebases == 1)
    #expect(bench.servo.outliers == 3)
    #expect(bench.servo.isLocked)
    #expect(abs(bench.error) < 200)
  }

  @Test mutating func holdsOverAtTheLastRate() {
    bench.run(200)
    #expect(bench.servo.deadline == bench.now + .seconds(1))
    bench.servo.advance(to: bench.now + .seconds(1))
    #expect(bench.servo.clock.state == .holdover)
    #expect(bench.servo.isLocked)
    bench.servo.advance(to: bench.now + .seconds(3))
    #expect(!bench.servo.isLocked)
    #expect(bench.servo.deadline == nil)
    bench.tick += 8 * 60
    #expect(abs(bench.error) < 6_000)
    bench.run(40)
    #expect(bench.servo.clock.state == .locked)
    #expect(bench.servo.rebases == 1)
  }

  @Test mutating func anotherMasterNearbyIsSlewed() {
    bench.run(80)
    bench.epoch += 300_000
    bench.ppm = -60
    bench.epoch += bench.now.nanoseconds / 10_000
    bench.servo.select(at: bench.now)
    bench.run(80)
    #expect(bench.servo.isLocked)
    #expect(bench.servo.rebases == 1)
    #expect(bench.maximumStep <= 1)
    #expect(abs(bench.error) < 200)
  }

  /// A change of settings creates a new servo while streams run.
  @Test mutating func aClockInUseIsTakenOverWithoutAStep() {
    bench.run(200)
    bench.servo.release(at: bench.now)
    let rate = bench.servo.rate
    bench.servo = Servo(
      clock: bench.servo.clock, sampleRate: .hz48000, timestamps: .software, isInUse: true)
    #expect(abs(bench.servo.rate - rate) < 1)
    bench.epoch += 300_000
    bench.servo.select(at: bench.now)
    bench.run(80)
    #expect(bench.servo.isLocked)
    #expect(bench.servo.rebases == 0)
    #expect(bench.maximumStep <= 1)
    #expect(abs(bench.error) < 200)
  }

  @Test mutating func aGrandmasterKeepsItsTimeAndRate() {
    bench.run(80)
    let error = bench.error
    bench.servo.lead(at: bench.now)
    #expect(bench.servo.clock.state == .grandmaster)
    #expect(bench.servo.deadline == nil)
    bench.tick += 80
    #expect(abs(bench.error - error) < 500)
  }

  @Test mutating func absurdTimesDoNotTrap() {
    for origin in [0, 1 << 62, -1 << 47, 1] as [Int64] {
      for _ in 0..<40 {
        bench.tick += 1
        let sync = SyncMeasurement(
          origin: PTPInstant(nanoseconds: origin), correction: TimeInterval(scaled: .max),
          received: bench.now)
        bench.servo.receive(sync, interval: .seconds(1), at: bench.now)
        bench.servo.receive(
          DelayMeasurement(
            sent: bench.now, received: PTPInstant(nanoseconds: 1 << 62),
            correction: TimeInterval(scaled: .min)), at: bench.now)
      }
    }
    bench.run(400)
    #expect(bench.servo.isLocked)
  }
}
