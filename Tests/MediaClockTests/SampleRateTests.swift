// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import Testing

@Suite("SampleRate: PTP time to media frames (CLK-01)")
struct SampleRateTests {
  @Test(
    "Frames at literal times",
    arguments: [
      (nanoseconds: Int64(0), frame: Int64(0)),
      (20_833, 0),  // one nanosecond before frame 1, which begins at 20,833.3 ns
      (20_834, 1),
      (1_000_000_000, 48_000),
      // 2025-06-01T00:00:37 TAI, as PTP counts it.
      (1_748_736_037_000_000_000, 83_939_329_776_000),
      (1_748_736_037_999_999_999, 83_939_329_823_999),
      (-1, -1),
      (-1_000_000_000, -48_000),
    ])
  func frames(nanoseconds: Int64, frame: Int64) {
    #expect(SampleRate.hz48000.frame(at: PTPInstant(nanoseconds: nanoseconds)).index == frame)
  }

  @Test("Every instant lies in its frame, by exact arithmetic")
  func framesHoldTheirInstants() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let nanoseconds = Int64(bitPattern: random.next()) >> 1
      let frame = SampleRate.hz48000.frame(at: PTPInstant(nanoseconds: nanoseconds)).index
      let begins = Int128(frame) * 1_000_000_000
      let ends = Int128(frame + 1) * 1_000_000_000
      let scaled = Int128(nanoseconds) * 48_000
      #expect(begins <= scaled && scaled < ends, "seed 1, \(nanoseconds) ns")
    }
  }

  @Test(
    "Durations are rounded to the nearest nanosecond and frame",
    arguments: [
      (frames: Int64(48), nanoseconds: Int64(1_000_000)), (6, 125_000), (16, 333_333), (1, 20_833),
      (-48, -1_000_000), (0, 0),
    ])
  func intervals(frames: Int64, nanoseconds: Int64) {
    #expect(SampleRate.hz48000.interval(of: frames).nanoseconds == nanoseconds)
    #expect(SampleRate.hz48000.frames(in: Interval(nanoseconds: nanoseconds)) == frames)
  }
}
