// SPDX-License-Identifier: MIT
import PTP
import Simulation
import Testing

/// The error of the published clock, by noise of the stamps and by oscillator, compared with a servo with
/// linuxptp's constants on the same stamps.
@Suite struct OffsetTableTests {
  static let noises: [(String, TimestampNoise, TimestampClass)] = [
    ("hardware", TimestampNoise(gaussian: 20), .hardware),
    ("veth", TimestampNoise(gaussian: 600), .software),
    (
      "veth-outliers", TimestampNoise(gaussian: 600, outlierProbability: 0.1, outlier: 1e6),
      .software
    ),
    ("quiet-nic", TimestampNoise(gaussian: 300, tail: 1_000), .software),
    ("busy-nic", TimestampNoise(gaussian: 500, tail: 4_000), .software),
  ]
  static let oscillators: [(String, Oscillator)] = [
    ("steady", Oscillator(ppm: 12)),
    ("+100-ppm", Oscillator(ppm: 100)),
    ("-100-ppm", Oscillator(ppm: -100)),
    ("1-ppm/min", Oscillator(ppm: 5, ramp: 1)),
    ("wander-1", Oscillator(ppm: -20, wander: 1, seed: 3)),
    ("wander-10", Oscillator(ppm: -20, wander: 10, seed: 3)),
    ("wander-100", Oscillator(ppm: 20, wander: 100, seed: 4)),
  ]

  @Test func offsets() throws {
    var table = GoldenTable(
      name: "offset",
      heading: """
        # True error in ns from 120 s to 600 s, 8 Sync/s, 1 Delay_Req/s; lock time in ms.
        # hardware wander-10: linuxptp's hardware constants are made for an oscillator with this wander.

        """
          + GoldenTable.row([
            "stamps", "oscillator", "rms", "worst", "lock", "unlocks", "pi-rms", "pi-worst",
          ]))
    for (noiseName, noise, timestamps) in Self.noises {
      for (name, oscillator) in Self.oscillators {
        var bench = ServoBench(oscillator, noise, timestamps)
        bench.run(seconds: 600, seed: 42)
        table.rows.append(
          GoldenTable.row([
            noiseName, name, rounded(bench.ours.rms), rounded(bench.ours.worst),
            bench.lockTime.map { rounded($0 * 1_000) } ?? "never", "\(bench.unlocks)",
            rounded(bench.theirs.rms), rounded(bench.theirs.worst),
          ]))
      }
    }
    try table.check()
  }

  private func rounded(_ value: Double) -> String { "\(Int(value.rounded()))" }
}
