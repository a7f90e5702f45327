// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

@testable import Clocking

@Suite("What the ptp thread tells (SDP-05)") struct PTPReportTests {
  private static func grandmaster(_ number: UInt64) -> Grandmaster {
    Grandmaster(identity: ClockIdentity(number), domain: 0)
  }

  @Test("Whose time it is: nobody's, then that of whoever was elected last")
  func grandmaster() {
    let report = PTPReport(settled: false)
    #expect(report.grandmaster == nil)
    report.elected(Self.grandmaster(1))
    report.elected(Self.grandmaster(2))
    #expect(report.grandmaster == Self.grandmaster(2))
  }

  @Test("Another clock begins with nothing told, but does not unsettle what runs")
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
