// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

/// Faults since a chosen instant, derived from counters that only rise.
@Suite struct FaultTallyTests {
  private func status(late: UInt64, dropped: UInt64 = 0, xruns: UInt64 = 0) -> DaemonStatus {
    DaemonStatus(
      version: "1", instance: "", interface: nil, realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: DaemonStatus.Clock(state: "locked", deviceFrame: 0, mediaOffset: 0, rateDivisor: 1),
      ptp: nil,
      senders: [
        SenderStatus(
          id: 1, name: "a", address: "239.69.1.1", port: 5004, channels: 8, firstChannel: 1,
          packetTimeMicroseconds: 1000, payloadType: 98, ssrc: 1, state: .sending, error: nil,
          packets: 1000, dropped: dropped, sendErrors: 1, withheld: 0, receiverReports: 0)
      ],
      receivers: [
        ReceiverStatus(
          id: 2, name: "b", address: "239.69.2.1", port: 5004, channels: 8, firstChannel: 1,
          encoding: "L24", linkOffsetFrames: 144, state: .receiving, error: nil, packets: 1000,
          inTime: 1000 - late, late: late, early: 0, duplicate: 0, foreign: 0, malformed: 0,
          reordered: 0, lost: 2 * late, resyncs: 0, ssrc: 2)
      ],
      clients: [
        ClientStatus(
          slot: 0, pid: 7, program: "ardour", direction: .playback, channels: 8, firstChannel: 1,
          xruns: xruns)
      ])
  }

  @Test func everythingCountsFromTheStart() {
    let report = FaultTally(at: 5).report(status(late: 3, dropped: 4, xruns: 1))
    let all = FaultReport(sinceUnixMilliseconds: 5, late: 3, lost: 6, dropped: 5, xruns: 1)
    #expect(report == all && !report.isClean)
  }

  @Test func onlyFaultsAfterAResetCount() {
    let tally = FaultTally(from: status(late: 3, dropped: 4, xruns: 1), at: 9)
    #expect(tally.report(status(late: 3, dropped: 4, xruns: 1)).isClean)
    let later = tally.report(status(late: 5, dropped: 7, xruns: 1))
    #expect(later == FaultReport(sinceUnixMilliseconds: 9, late: 2, lost: 4, dropped: 3))
  }

  @Test func aRestartedCounterCountsFromZero() {
    let tally = FaultTally(from: status(late: 100, xruns: 9), at: 9)
    let report = tally.report(status(late: 1, xruns: 2))
    #expect(report == FaultReport(sinceUnixMilliseconds: 9, late: 1, lost: 2, xruns: 2))
  }
}
