// SPDX-License-Identifier: MIT
import PTP
import Simulation
import Testing

/// Masters with jitter, with stamps that are corrected by too much, and with rates far from the profile's.
/// The clock locks to each or uses it without a lock within 66 s, and the stated accuracy holds (field cases
/// 4 and 5).
@Suite struct JitterTableTests {
  private struct Case: Sendable {
    var name: String
    var timestamps = TimestampClass.software
    /// Half of the spread of Sync and of Delay_Req, in nanoseconds.
    var sync = 0.0
    var delay = 0.0
    var interval = 0.125
    var stated: Double?
    /// The path delay, in nanoseconds.
    var path: Int64 = 5_000
  }

  private static let cases: [Case] = [
    Case(name: "none"),
    Case(name: "sync-30-us", sync: 30_000),
    Case(name: "sync-60-us", sync: 60_000),
    Case(name: "both-30-us", sync: 30_000, delay: 30_000),
    Case(name: "both-60-us", sync: 60_000, delay: 60_000),
    Case(name: "both-200-us", sync: 200_000, delay: 200_000),
    Case(name: "both-1-ms", sync: 1_000_000, delay: 1_000_000),
    Case(name: "card-30-us", timestamps: .hardware, sync: 30_000),
    Case(name: "1-per-s", interval: 1),
    Case(name: "60-us-1-per-s", sync: 60_000, interval: 1),
    Case(name: "every-4-s", interval: 4),
    Case(name: "128-per-s", interval: 1 / 128),
    Case(name: "60-us-128/s", sync: 60_000, interval: 1 / 128),
    Case(name: "untrue-1/s", interval: 1, stated: 0.125),
    Case(name: "untrue-4-s", interval: 4, stated: 0.125),
    Case(name: "minus-100-us", path: -100_000),
    Case(name: "minus-20-us", path: -20_000),
    Case(name: "minus-5-us", path: -5_000),
    Case(name: "zero", path: 0),
    Case(name: "minus-5-card", timestamps: .hardware, path: -5_000),
  ]

  @Test("Jitter, rates and negative path delays (SRV-04, SLV-07, PTP-01)") func jitter() throws {
    var table = GoldenTable(
      name: "jitter",
      heading: """
        # ms until the clock is locked, and until it is used without a lock. Then over 120 s to 300 s the true error in ns,
        # the stated accuracy at the end, the worst ratio of the error to the stated accuracy in %, and the measured
        # path delay; +30 ppm.
        # The spread of stamps is uniform, to either side. minus: a negative path delay, by excessive corrections.

        """
          + GoldenTable.row([
            "master", "stamps", "lock", "used", "rms", "worst", "said", "excess", "delay",
          ]), exact: [])
    for scenario in Self.cases { table.rows.append(row(scenario)) }
    try table.check()
  }

  private func row(_ scenario: Case) -> String {
    let noise = TimestampNoise(gaussian: scenario.timestamps == .hardware ? 20 : 600)
    var bench = ServoBench(Oscillator(ppm: 30, wander: 1, seed: 3), noise, scenario.timestamps)
    bench.syncInterval = scenario.interval
    bench.statedInterval = scenario.stated
    bench.syncJitter = scenario.sync
    bench.delayJitter = scenario.delay
    bench.delay = scenario.path
    bench.run(seconds: 300, seed: 11)
    let usable = min(bench.lockTime ?? .infinity, bench.inaccurateTime ?? .infinity)
    #expect(usable <= 66, "\(scenario.name)")
    let said = bench.accuracy ?? .infinity
    // The stated accuracy is two standard deviations. Over three minutes, errors slightly above four occur.
    #expect(bench.excess <= 2.2, "\(scenario.name)")
    #expect(bench.isPathDelayNegative == (scenario.path < 0), "\(scenario.name)")
    return GoldenTable.row([
      scenario.name, scenario.timestamps.rawValue, time(bench.lockTime),
      time(bench.inaccurateTime), rounded(bench.ours.rms), rounded(bench.ours.worst),
      rounded(said), rounded(bench.excess * 100), rounded(bench.pathDelay ?? .infinity),
    ])
  }

  private func time(_ seconds: Double?) -> String { seconds.map { rounded($0 * 1_000) } ?? "-" }

  private func rounded(_ value: Double) -> String {
    value.isFinite ? "\(Int(value.rounded()))" : "never"
  }
}
