// SPDX-License-Identifier: MIT
import MediaClock
import PTP
import SeededRandom
import Simulation
import Testing

/// A clock that another program disciplines, read at literal times with seeded noise.
@Suite struct ExternalClockTests {
  private static let epoch = PTPInstant(nanoseconds: 1_795_000_000_000_000_000)

  /// A clock that gains `rate` parts per billion, and whose readings take some time.
  private struct Source {
    var start = MonotonicInstant(nanoseconds: 5_000_000_000)
    var epoch = ExternalClockTests.epoch
    var rate = 40_000.0
    var generator = SeededGenerator(seed: 7)

    func time(at instant: MonotonicInstant) -> PTPInstant {
      let elapsed = (instant - start).nanoseconds
      return epoch
        + Interval(nanoseconds: elapsed + Int64((Double(elapsed) * rate / 1e9).rounded()))
    }

    /// Makes a reading that takes 1 to 1.2 us, with the true time in its middle.
    mutating func read(_ clock: inout ExternalClock, at now: MonotonicInstant) {
      let half = Interval(nanoseconds: 500 + Int64(generator.fraction() * 100))
      clock.receive(
        time(at: now + half), after: now, before: now + half + half, at: now + half + half)
    }
  }

  private static func clock(_ source: Source, off: Interval) -> ExternalClock {
    ExternalClock(
      clock: .freeRunning(from: source.start, at: source.epoch + off, rate: .hz48000))
  }

  private func error(_ clock: ExternalClock, _ source: Source, at now: MonotonicInstant) -> Int64 {
    (clock.servo.clock.time(at: now, rate: .hz48000) - source.time(at: now)).nanoseconds
  }

  @Test("Locks within 5 s to 100 ns; the duration of a reading adds no error (TS-07)")
  func locks() {
    var source = Source()
    var clock = Self.clock(source, off: .microseconds(300))
    var now = source.start
    clock.found(at: now)
    for _ in 0..<40 {
      now = now + ExternalClock.interval
      source.read(&clock, at: now)
    }
    #expect(clock.servo.isLocked && clock.servo.clock.state == .locked)
    for _ in 0..<80 {
      now = now + ExternalClock.interval
      source.read(&clock, at: now)
      #expect(abs(error(clock, source, at: now)) < 100)
    }
    #expect(abs(clock.servo.rate - 40_000) < 100)
    // The offset of 300 us, less the gain of the source in the first two seconds.
    #expect(clock.nextEvent() == .rebased(Rebase(frames: -10, cause: .start)))
    #expect(clock.nextEvent() == .locked)
    #expect(clock.nextEvent() == nil)
  }

  @Test("A reading of a card that compares the clocks itself has no duration")
  func takesNoTime() {
    let source = Source()
    var clock = Self.clock(source, off: Interval(nanoseconds: 0))
    var now = source.start
    clock.found(at: now)
    for _ in 0..<60 {
      now = now + ExternalClock.interval
      clock.receive(source.time(at: now), after: now, before: now, at: now)
    }
    #expect(clock.servo.isLocked)
    #expect(abs(error(clock, source, at: now)) < 50)
  }

  @Test("The rate is kept while the source is lost; a new time moves only the media offset")
  func lossAndReturn() {
    var source = Source()
    var clock = Self.clock(source, off: Interval(nanoseconds: 0))
    var now = source.start
    clock.found(at: now)
    func run(_ count: Int) {
      for _ in 0..<count {
        now = now + ExternalClock.interval
        source.read(&clock, at: now)
      }
    }
    run(60)
    clock.lost(at: now)
    #expect(clock.servo.clock.state == .holdover && !clock.servo.isLocked)
    now = now + .seconds(30)
    // 1 ppm for 30 s (SRV-07).
    #expect(abs(error(clock, source, at: now)) < 30_000)
    source.epoch = source.epoch + .seconds(37)
    let before = clock.servo
    clock.found(at: now)
    run(60)
    let after = clock.servo.clock
    #expect(after.state == .locked && clock.servo.rebases == before.rebases + 1)
    let moved = after.mediaOffset.frames - before.clock.mediaOffset.frames
    #expect(abs(moved - 37 * 48_000) <= 2)
    #expect(abs(error(clock, source, at: now)) < 100)
  }

  @Test("Without readings, holdover begins after a second")
  func misses() throws {
    var source = Source()
    var clock = Self.clock(source, off: Interval(nanoseconds: 0))
    var now = source.start
    clock.found(at: now)
    for _ in 0..<60 {
      now = now + ExternalClock.interval
      source.read(&clock, at: now)
    }
    let deadline = try #require(clock.deadline)
    #expect(deadline - now > .milliseconds(900) && deadline - now < .milliseconds(1_100))
    clock.advance(to: deadline)
    #expect(clock.servo.clock.state == .holdover)
  }
}
