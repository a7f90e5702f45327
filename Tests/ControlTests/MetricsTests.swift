// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import Control

@Suite struct MetricsTests {
  /// Names are anybody's: Prometheus' text format escapes three characters of a label.
  @Test func labelsAreEscaped() {
    let client = ClientStatus(
      slot: 0, pid: 7, program: "a\\b\"c\nd", direction: .playback, channels: 2, firstChannel: 1)
    let status = DaemonStatus(
      version: "1", instance: "", interface: nil, realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: DaemonStatus.Clock(
        state: "locked", deviceFrame: 9, mediaOffset: 0, rateDivisor: 1, source: "ptp", host: nil,
        external: nil),
      ptp: nil, senders: [], receivers: [], clients: [client])
    let lines = Metrics.text(of: status).split(separator: "\n")
    #expect(lines.contains("aes67_clock_frames_total 9"))
    #expect(
      lines.contains { $0.hasPrefix(#"aes67_client_xruns_total{program="a\\b\"c\nd",pid="7""#) })
  }

  @Test(arguments: [
    ("Stage%20left", "Stage left"), ("a%2Fb", "a/b"), ("100%", nil), ("%zz", nil), ("%FF", nil),
    ("", ""),
  ])
  func partsOfPathsAreDecoded(text: String, expected: String?) {
    #expect(text.removingPercentEncoding() == expected)
  }
}
