// SPDX-License-Identifier: MIT
import EventLog
import Testing

@testable import Daemon

@Suite struct StreamEventSummaryTests {
  private func stream(_ lost: UInt64, _ late: UInt64, id: Int = 1) -> StreamEventSummary.Counts {
    StreamEventSummary.Counts(
      direction: "receiver", id: id, name: "Stage left",
      disturbances: [(.lost, "lost", lost), (.late, "late", late)])
  }

  @Test func anIncreaseIsReportedOnce() throws {
    var summary = StreamEventSummary()
    #expect(summary.disturbed([stream(5, 0)], seconds: 10).isEmpty)
    let disturbed = summary.disturbed([stream(12, 1)], seconds: 10)
    #expect(disturbed.map(\.sentence) == ["receiver Stage left: packets 7 lost, 1 late in 10 s"])
    let facts = try #require(disturbed.first).facts.mapValues(\.description)
    #expect(
      facts == [
        .stream: "Stage left", .direction: "receiver", .lost: "12", .late: "1",
      ])
    #expect(summary.disturbed([stream(12, 1)], seconds: 10).isEmpty)
  }

  @Test func newAndRestartedStreamsAreNotReported() {
    var summary = StreamEventSummary()
    _ = summary.disturbed([stream(5, 5)], seconds: 10)
    #expect(summary.disturbed([stream(1, 5)], seconds: 10).isEmpty)
    #expect(summary.disturbed([stream(1, 5), stream(900, 0, id: 2)], seconds: 10).isEmpty)
    _ = summary.disturbed([], seconds: 10)
    #expect(summary.disturbed([stream(9, 9)], seconds: 10).isEmpty)
  }
}
