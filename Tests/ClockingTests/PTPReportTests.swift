// SPDX-License-Identifier: MIT
import Addressing
import PTP
import Testing

@testable import Clocking

@Suite("What the ptp thread tells (SDP-05)") struct PTPReportTests {
  private static func grandmaster(_ number: UInt64) -> Grandmaster {
    Grandmaster(identity: ClockIdentity(number), domain: 0)
  }

  @Test func listenersHearTheGrandmasterNowAndEachOther() async {
    let report = PTPReport(settled: false)
    var early = report.grandmasters().makeAsyncIterator()
    #expect(await early.next() == .some(nil))
    report.elected(Self.grandmaster(1))
    #expect(await early.next() == Self.grandmaster(1))
    #expect(report.grandmaster == Self.grandmaster(1))
    var late = report.grandmasters().makeAsyncIterator()
    #expect(await late.next() == Self.grandmaster(1))
    report.elected(Self.grandmaster(2))
    report.elected(Self.grandmaster(2))
    report.elected(Self.grandmaster(3))
    // Who was slow hears of the latest alone.
    #expect(await early.next() == Self.grandmaster(3))
    #expect(await late.next() == Self.grandmaster(3))
  }

  @Test func aListenerThatLeftIsForgotten() async {
    let report = PTPReport(settled: false)
    let task = Task {
      for await grandmaster in report.grandmasters() where grandmaster != nil { return }
    }
    report.elected(Self.grandmaster(1))
    await task.value
    report.elected(Self.grandmaster(2))
    #expect(report.grandmaster == Self.grandmaster(2))
  }
}
