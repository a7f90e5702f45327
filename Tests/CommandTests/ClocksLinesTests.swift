// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import aes67

/// The output of `aes67 clocks`.
@Suite struct ClocksLinesTests {
  private func clock(
    _ identity: String, own: Bool = false, heard: Int64? = 1500, candidate: Bool = true,
    wins: Bool = false
  ) -> HeardClockStatus {
    HeardClockStatus(
      grandmaster: identity, clockIdentity: identity, port: own ? 0 : 1, isOwn: own,
      priority1: 128, clockClass: 248, clockAccuracy: 0xFE, variance: 65_535, priority2: 128,
      stepsRemoved: 0, timeSource: own ? 0xA0 : 0x20, lastHeardMilliseconds: own ? nil : heard,
      isCandidate: candidate, isFollowed: wins && !own, wins: wins)
  }

  @Test func theWinnerIsMarked() {
    let lines = ClocksLines.of(
      ClocksReport(
        domain: 0, otherDomain: 5,
        clocks: [
          clock("00-00-00-FF-FE-00-00-01", wins: true),
          clock("00-00-00-FF-FE-00-00-02", own: true, candidate: false),
        ]))
    #expect(lines[0] == "domain 0" && lines[1].hasPrefix("CLOCK") && lines.count == 5)
    #expect(lines[2].hasPrefix("00-00-00-FF-FE-00-00-01"))
    #expect(lines[2].contains("GPS") && lines[2].hasSuffix("1.5 s  wins, followed"))
    #expect(
      lines[3].contains("internal oscillator") && lines[3].hasSuffix("  this host, follows only"))
    #expect(lines[4].contains("domain 5"))
  }

  @Test func noOtherClockAndNoPTPAreReported() {
    let alone = ClocksReport(
      domain: 0, clocks: [clock("00-00-00-FF-FE-00-00-02", own: true, wins: true)])
    #expect(ClocksLines.of(alone).last == "no other clock is announced in this domain")
    #expect(ClocksLines.of(ClocksReport()).count == 1)
  }
}
