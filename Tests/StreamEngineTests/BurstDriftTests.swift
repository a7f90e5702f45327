// SPDX-License-Identifier: MIT
import MediaClock
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

/// Senders that send a block of audio at once, when a timer of an ordinary program wakes them: players such
/// as VLC, in blocks of 50 ms.
@Suite("Unsynchronised senders in bursts (CLK-05)")
struct BurstDriftTests {
  /// The delay of a burst after its last frame was sampled.
  enum Timer: CaseIterable {
    /// Within half a millisecond.
    case exact
    /// Within 3 ms, evenly.
    case even
    /// Within a millisecond, but for one burst in four within 10 ms.
    case busy

    func delay(_ random: inout SeededGenerator) -> Int64 {
      switch self {
      case .exact: .random(in: 0...24, using: &random)
      case .even: .random(in: 0...144, using: &random)
      case .busy:
        .random(in: 0...(Int.random(in: 0..<4, using: &random) == 0 ? 480 : 48), using: &random)
      }
    }
  }

  private struct Heard {
    /// The least and the greatest rate after a minute, in sender frames for 10^9 device frames; nil if the
    /// stream was never resampled.
    var least: Int64?
    var greatest: Int64?
    var counts: Counts
  }

  private func play(
    burst: Int64, partsPerMillion: Double, timer: Timer, seed: UInt64, seconds: Int64 = 180
  ) -> Heard {
    let bench = EngineBench()
    bench.startReceiver(channels: 1, linkOffset: 2 * burst, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: partsPerMillion)
    sender.jitter = 0
    var random = SeededGenerator(seed: seed)
    var heard = Heard(counts: Counts())
    var (sent, block, leaves) = (Int64(0), Int64(0), DeviceFrame(0))
    for _ in 0..<seconds * DeviceFormat.second / 192 {
      let packet = sender.next()
      sent += 192
      // The packet leaves when the block that contains its last frame is complete.
      if sent > block {
        block += burst
        let rest = Double(block - sent) / (1 + partsPerMillion / 1e6)
        leaves = packet.arrival + Int64(rest) + timer.delay(&random)
      }
      bench.set(max(bench.now, leaves))
      bench.deliver(packet.bytes)
      let rate = unsafe Int64(bench.receiverCounters.pointee.rate.count)
      guard rate != 0, sent > 60 * DeviceFormat.second else { continue }
      heard.least = min(heard.least ?? rate, rate)
      heard.greatest = max(heard.greatest ?? rate, rate)
    }
    heard.counts = unsafe Counts(bench.receiverCounters)
    return heard
  }

  @Test(
    "A sender with the same clock is never resampled",
    arguments: [960, 2_400, 4_800] as [Int64], Timer.allCases)
  func synchronous(burst: Int64, timer: Timer) {
    for seed in 1...4 as ClosedRange<UInt64> {
      let heard = play(burst: burst, partsPerMillion: 0, timer: timer, seed: seed)
      #expect(heard.least == nil, "seed \(seed): \(heard.least ?? 0) to \(heard.greatest ?? 0)")
      #expect(heard.counts == Counts(inTime: 45_000), "seed \(seed)")
    }
  }

  @Test(
    "A sender whose clock is 100 ppm fast is received without a break, at its rate",
    arguments: [960, 2_400, 4_800] as [Int64], Timer.allCases)
  func drifting(burst: Int64, timer: Timer) {
    for seed in 1...4 as ClosedRange<UInt64> {
      let heard = play(burst: burst, partsPerMillion: 100, timer: timer, seed: seed)
      let (least, greatest) = (heard.least ?? 0, heard.greatest ?? 0)
      #expect(
        least > 1_000_040_000 && greatest < 1_000_160_000, "seed \(seed): \(least) to \(greatest)")
      #expect(heard.counts == Counts(inTime: 45_000), "seed \(seed)")
    }
  }
}
