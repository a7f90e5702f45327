// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import SeededRandom
import Testing

@Suite("ClockRelation: CLOCK_MONOTONIC to device frames (SRV-01)")
struct ClockRelationTests {
  private func random(_ random: inout SeededGenerator) -> ClockRelation {
    let nominal = ClockRelation.nominalRate(.hz48000)
    return ClockRelation(
      base: MonotonicInstant(nanoseconds: .random(in: 0...(1 << 60), using: &random)),
      frame: DeviceFrame(.random(in: -(1 << 50)...(1 << 50), using: &random)),
      fraction: random.next(),
      rate: nominal / 2 + UInt64.random(in: 0...nominal, using: &random))
  }

  @Test("The nominal rate gives 48,000 frames a second, exact for ten years")
  func nominalRate() {
    let relation = ClockRelation(
      base: MonotonicInstant(nanoseconds: 0), frame: DeviceFrame(0), fraction: 1 << 63,
      rate: ClockRelation.nominalRate(.hz48000))
    for years in 1...10 as ClosedRange<Int64> {
      let seconds = years * 31_557_600
      let instant = MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
      #expect(relation.frame(at: instant).index == seconds * 48_000)
    }
  }

  @Test("instant(of:) is the first nanosecond of a frame")
  func inverse() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<5_000 {
      let relation = random(&generator)
      let frame = relation.frame + .random(in: -1_000_000_000...1_000_000_000, using: &generator)
      let instant = relation.instant(of: frame)
      #expect(relation.frame(at: instant) >= frame, "seed 2, \(relation)")
      let before = MonotonicInstant(nanoseconds: instant.nanoseconds - 1)
      #expect(relation.frame(at: before) < frame, "seed 2, \(relation)")
    }
  }

  @Test("The C header computes the same frames and times")
  func agreesWithC() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5_000 {
      let relation = random(&generator)
      var clock = aes67_clock_snapshot(
        monotonic_ns: relation.base.nanoseconds, frame: relation.frame.index,
        fraction: relation.fraction, rate: relation.rate, media_offset: 0, state: 0,
        generation: 0)
      let instant =
        relation.base
        + Interval(
          nanoseconds: .random(in: -(1 << 50)...(1 << 50), using: &generator))
      let frame = relation.frame(at: instant)
      #expect(unsafe aes67_clock_frame_at(&clock, instant.nanoseconds) == frame.index)
      #expect(
        unsafe aes67_clock_time_of(&clock, frame.index) == relation.instant(of: frame).nanoseconds)
    }
  }

  @Test("Re-basing moves no frame")
  func rebasing() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<5_000 {
      let relation = random(&generator)
      let rebased = relation.rebased(
        to: relation.base + Interval(nanoseconds: .random(in: 0...(1 << 45), using: &generator)))
      let later =
        rebased.base
        + Interval(
          nanoseconds: .random(in: 0...(1 << 45), using: &generator))
      #expect(rebased.frame(at: later) == relation.frame(at: later), "seed 4, \(relation)")
    }
  }
}

@Suite("DeviceClock")
struct DeviceClockTests {
  @Test("A free-running clock starts at device frame 0, on the network's frame boundary")
  func freeRunning() {
    let now = MonotonicInstant(nanoseconds: 5_000_000_123)
    let time = PTPInstant(nanoseconds: 1_748_736_037_123_456_789)
    let clock = DeviceClock.freeRunning(from: now, at: time, rate: .hz48000)
    #expect(clock.relation.frame(at: now) == DeviceFrame(0))
    #expect(clock.mediaFrame(at: now) == SampleRate.hz48000.frame(at: time))
    // A day later, both scales still change to the next frame in the same nanosecond.
    let day = Interval.seconds(86_400)
    for step in 0..<1_000 as Range<Int64> {
      let offset = day + Interval(nanoseconds: step * 1_013)
      #expect(clock.mediaFrame(at: now + offset) == SampleRate.hz48000.frame(at: time + offset))
    }
  }

  @Test("Two daemons with one anchor agree on every media frame", arguments: [1, 7, 20])
  func anchored(divisor: Int64) {
    let anchor = MonotonicInstant(nanoseconds: 1_000_000_007)
    let first = DeviceClock.anchored(
      at: anchor, from: anchor + .milliseconds(1_234), rate: .hz48000, divisor: divisor)
    let second = DeviceClock.anchored(
      at: anchor, from: anchor + Interval(nanoseconds: 98_765_432_101), rate: .hz48000,
      divisor: divisor)
    for step in 0..<5_000 as Range<Int64> {
      let instant = anchor + .seconds(100) + Interval(nanoseconds: step * 104_729)
      #expect(first.mediaFrame(at: instant) == second.mediaFrame(at: instant))
    }
    let frame = MediaFrame(10_000_000)
    #expect(first.instant(of: frame) == second.instant(of: frame))
  }
}
