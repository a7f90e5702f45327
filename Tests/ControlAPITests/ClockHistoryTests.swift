// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import ControlAPI

/// The history of the clock, in virtual time.
@Suite struct ClockHistoryTests {
  private static let counters = PTPCounters(
    received: [:], sent: [:], refusedSends: 0, rejoins: 0, malformed: 0, foreign: 0,
    otherDomain: 0, own: 0, notParent: 0, announcesRefused: 0, nonsense: 0, unmatched: 0,
    outliers: 0, missingReceiveStamps: 0, missingTransmitStamps: 0, requestsRefused: 0)

  private func status(
    offset: Double?, state: String = "locked", grandmaster: String = "A", rebases: UInt64 = 0
  ) -> DaemonStatus {
    let ptp = PTPStatus(
      state: "slave", domain: 0, clockIdentity: "B", grandmaster: grandmaster, priority1: 128,
      stepsRemoved: 1, locked: true, offsetNanoseconds: offset,
      jitterNanoseconds: offset.map { _ in 7 }, pathDelayNanoseconds: offset.map { _ in 900 },
      ratePartsPerBillion: 0, timestamps: "hardware", rebases: rebases,
      lastRebase: rebases > 0 ? .init(frames: 48, cause: "epoch") : nil, counters: Self.counters)
    return DaemonStatus(
      version: "1", instance: "", interface: nil, realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: .init(state: state, deviceFrame: 0, mediaOffset: 0, rateDivisor: 1), ptp: ptp,
      senders: [], receivers: [], clients: [])
  }

  @Test func aMinuteHasASampleForEachSecond() {
    var history = ClockHistory()
    for quarter in 0..<240 {
      history.take(status(offset: Double(quarter / 4)), at: 5_000_000 + Int64(quarter) * 250)
    }
    let report = history.report(seconds: 60, now: 5_059_900, unixMilliseconds: 1_000_000_000)
    #expect(report.stepMilliseconds == 1_000)
    #expect(report.offset == (0..<60).map { Int64?($0) })
    #expect(report.jitter.last == 7 && report.pathDelay.first == 900)
    // The end of the last step, in Unix time.
    #expect(report.endUnixMilliseconds == 1_000_000_000 + 100)
  }

  @Test func secondsWithoutMeasurementAreGaps() {
    var history = ClockHistory()
    history.take(status(offset: 1), at: 1_000)
    history.take(status(offset: nil), at: 2_000)
    history.take(status(offset: 4), at: 5_000)
    let report = history.report(seconds: 6, now: 5_500, unixMilliseconds: 5_500)
    #expect(report.offset == [nil, 1, nil, nil, nil, 4])
  }

  /// An offset of one second's duration appears in the report of a day, whose steps are 120 s long.
  @Test func aDayKeepsItsExtremes() {
    var history = ClockHistory()
    for second in 0..<Int64(90_000) {
      history.take(status(offset: second == 50_000 ? 50_000 : 10), at: second * 1_000)
    }
    let report = history.report(seconds: 86_400, now: 89_999_000, unixMilliseconds: 89_999_000)
    #expect(report.offset.count == 720 && report.stepMilliseconds == 120_000)
    #expect(report.offset.allSatisfy { $0 != nil })
    #expect(report.offsetGreatest.count { $0 == 50_000 } == 1)
    #expect(report.offsetLeast.allSatisfy { $0 == 10 })
    let hour = history.report(seconds: 3_600, now: 89_999_000, unixMilliseconds: 89_999_000)
    #expect(hour.offset.count == 720 && hour.offset.allSatisfy { $0 == 10 })
  }

  /// The hour that the browser test shows to the panel: 20 minutes of one master with an offset that varies
  /// by 400 ns, a minute without a master, then another master whose time is off by 50 us for ten seconds at
  /// minute 40.
  @Test func theHourOfTheBrowserTest() throws {
    var history = ClockHistory()
    for quarter in 0..<Int64(4 * 3_600) {
      let second = quarter / 4
      let isAway = (1_200..<1_260).contains(second)
      let step = (2_400..<2_410).contains(second) ? 50_000.0 : 0
      history.take(
        status(
          offset: isAway ? nil : Double(second % 9 - 4) * 100 + step,
          state: isAway ? "holdover" : "locked", grandmaster: second < 1_260 ? "A" : "C",
          rebases: second < 2_400 ? 0 : 1), at: quarter * 250)
    }
    let report = history.report(seconds: 3_600, now: 3_599_999, unixMilliseconds: 3_599_999)
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../EndToEnd/harness/clock_hour.json")
    if ProcessInfo.processInfo.environment["AES67_WRITE_CLOCK_HOUR"] != nil {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      try (encoder.encode(report) + Data("\n".utf8)).write(to: file)
    }
    let shown = try JSONDecoder().decode(ClockHistoryReport.self, from: Data(contentsOf: file))
    #expect(shown == report)
    #expect(report.offset.count == 720 && report.stepMilliseconds == 5_000)
    #expect(report.offset[240..<252].allSatisfy { $0 == nil })
    #expect(report.marks.map(\.kind) == [.state, .state, .grandmaster, .rebase])
  }

  @Test func changesAreMarked() {
    var history = ClockHistory()
    history.take(status(offset: nil, state: "acquiring"), at: 1_000)
    history.take(status(offset: 1), at: 2_000)
    history.take(status(offset: 1), at: 2_250)
    history.take(status(offset: 1, grandmaster: "C", rebases: 1), at: 3_000)
    let report = history.report(seconds: 60, now: 4_000, unixMilliseconds: 104_000)
    #expect(
      report.marks == [
        ClockMark(unixMilliseconds: 102_000, kind: .state, text: "locked"),
        ClockMark(unixMilliseconds: 103_000, kind: .grandmaster, text: "C"),
        ClockMark(unixMilliseconds: 103_000, kind: .rebase, text: "by 48 frames: epoch"),
      ])
    #expect(history.report(seconds: 1, now: 4_500, unixMilliseconds: 0).marks.isEmpty)
  }

  @Test func theNumberOfMarksIsBounded() {
    var history = ClockHistory()
    for second in 0..<Int64(1_000) {
      history.take(
        status(offset: 1, state: second.isMultiple(of: 2) ? "locked" : "holdover"),
        at: second * 1_000)
    }
    let report = history.report(seconds: 86_400, now: 999_000, unixMilliseconds: 0)
    #expect(report.marks.count == ClockHistory.maximumMarks)
  }
}
