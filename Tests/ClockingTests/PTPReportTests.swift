// SPDX-License-Identifier: MIT
import Addressing
import ControlAPI
import MediaClock
import PTP
import Testing

@testable import Clocking

@Suite("PTPReport: the state that the ptp thread publishes (SDP-05)") struct PTPReportTests {
  private static func grandmaster(_ number: UInt64) -> Grandmaster {
    Grandmaster(identity: ClockIdentity(number), domain: 0)
  }

  @Test("The grandmaster is nil at first, then the one elected last")
  func grandmaster() {
    let report = PTPReport(settled: false)
    #expect(report.grandmaster == nil)
    report.elected(Self.grandmaster(1))
    report.elected(Self.grandmaster(2))
    #expect(report.grandmaster == Self.grandmaster(2))
  }

  @Test("The obstacle to sending is reported from the beginning until senders may start")
  func obstacle() {
    let report = PTPReport(settled: false)
    #expect(report.obstacle == .starting)
    let blocking = ClockProblem.noSync("M", announces: 3)
    let warning = ClockProblem.negativeDelay("M", delay: -5_000)
    report.update([warning, blocking])
    #expect(report.obstacle == blocking)
    report.settle()
    #expect(report.obstacle == nil)
    // A problem that blocked remains as a warning. Problems that pass by themselves are dropped.
    var former = blocking
    former.level = .warning
    #expect(report.problems == [warning, former])
    report.update([.measuring("00-11-22-FF-FE-33-44-55", seconds: 2), .starting])
    #expect(report.problems.isEmpty)
    report.begin()
    #expect(report.problems.isEmpty)
  }

  @Test("A new clock begins with an empty report, and the report stays settled")
  func begin() {
    let report = PTPReport(settled: false)
    report.elected(Self.grandmaster(1))
    report.update(HostClock.freeRunning)
    #expect(!report.isSettled)
    report.settle()
    report.begin()
    #expect(report.isSettled)
    #expect(report.grandmaster == nil && report.host == nil)
    #expect(report.status == nil && report.external == nil)
  }
}
