// SPDX-License-Identifier: MIT
import PTP
import Simulation
import Testing

/// The time from the choice of a master to the lock, at the rates of each profile, and the mean rate error in
/// the minute after the master is lost.
@Suite struct LockTableTests {
  @Test func lockTimes() throws {
    var table = GoldenTable(
      name: "lock",
      heading: "# Lock time in ms after the choice of a master, median and worst of 20 seeds.\n"
        + GoldenTable.row(["profile", "stamps", "sync-ms", "delay-ms", "median", "worst"]))
    for profile in Profile.all {
      for (name, noise, timestamps) in OffsetTableTests.noises {
        let sync = interval(profile.logSyncInterval.initial)
        let delay = interval(profile.logMinDelayReqInterval.initial)
        let times = (1...20).map { seed in
          var bench = ServoBench(Oscillator(ppm: 40), noise, timestamps)
          bench.syncInterval = sync
          bench.delayInterval = delay
          bench.stopsWhenLocked = true
          bench.run(seconds: 60, seed: UInt64(seed))
          return bench.lockTime ?? .infinity
        }.sorted()
        if sync <= 0.125, delay <= 1 { #expect(times[10] <= 5) }
        table.rows.append(
          GoldenTable.row([
            profile.name, name, "\(Int(sync * 1000))", "\(Int(delay * 1000))",
            milliseconds(times[10]), milliseconds(times[19]),
          ]))
      }
    }
    try table.check()
  }

  @Test func holdover() throws {
    var table = GoldenTable(
      name: "holdover",
      heading:
        "# Mean rate error over 60 s without Syncs, after 200 s of lock, worst of 2 seeds, ppb.\n"
        + GoldenTable.row(["stamps", "oscillator", "worst"]))
    for (noiseName, noise, timestamps) in OffsetTableTests.noises {
      for (name, oscillator) in OffsetTableTests.oscillators where oscillator.wander <= 10 {
        let worst =
          (1...2).map { seed in
            var bench = ServoBench(oscillator, noise, timestamps)
            bench.holdover = 60
            bench.run(seconds: 200, seed: UInt64(seed))
            return abs(bench.finalRateError)
          }.max() ?? .infinity
        #expect(worst < 1_000)
        table.rows.append(GoldenTable.row([noiseName, name, "\(Int(worst.rounded()))"]))
      }
    }
    try table.check()
  }

  private func milliseconds(_ seconds: Double) -> String {
    seconds.isFinite ? "\(Int((seconds * 1_000).rounded()))" : "never"
  }

  private func interval(_ log: Int) -> Double {
    log >= 0 ? Double(1 << log) : 1 / Double(1 << -log)
  }
}
