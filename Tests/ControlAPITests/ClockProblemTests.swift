// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Testing

/// The sentences about problems of the clock: each contains its figures, and each problem survives encoding
/// as JSON.
@Suite struct ClockProblemTests {
  private static let all: [ClockProblem] = [
    .starting, .noInterface("interface eth0 is down; waiting for it"), .portsUnavailable("taken"),
    .noGrandmaster(domain: 0, seconds: 12, otherDomain: 127),
    .noGrandmaster(domain: 0, seconds: 12, otherDomain: nil), .noSync("M", announces: 7),
    .noFollowUp("M", syncs: 80), .noDelayResponse("M", asked: 32),
    .peerDelay("M", asked: 32, heard: 9), .measuring("M", seconds: 3),
    .unsteady("M", scatter: 3_000_000), .unsteady("M", scatter: nil),
    .inaccurate("M", accuracy: 21_400, scatter: 30_000, isUsed: false),
    .inaccurate("M", accuracy: 21_400, scatter: nil, isUsed: true), .externalClock("no such file"),
    .negativeDelay("M", delay: -100_000), .sameIdentity("I", address: "10.0.0.9", messages: 4),
    .ownMessages(5), .nobodyFollows(priority1: 255, seconds: 60),
  ]

  @Test func everyCauseHasASentence() {
    #expect(Set(Self.all.map(\.cause)) == Set(ClockProblem.Cause.allCases))
    for problem in Self.all {
      #expect(!problem.sentence.isEmpty && !problem.sentence.contains("nil"))
      for name in ["asked", "answered", "announces", "syncs", "messages", "priority1"] {
        guard let figure = problem.figures[name] else { continue }
        #expect(problem.sentence.contains("\(figure)"), "\(problem.sentence)")
      }
    }
  }

  /// lab 11: the text gives the counts, the UDP ports and the multicast address.
  @Test func unansweredRequestsAreNamedWithPorts() {
    let text = ClockProblem.noDelayResponse("00-11", asked: 32).text
    #expect(text.contains("does not answer our delay requests (32 sent, 0 answered)"))
    #expect(text.contains("UDP 319 and 320") && text.contains("224.0.1.129"))
  }

  @Test func figuresHaveReadableUnits() {
    #expect(ClockProblem.negativeDelay("M", delay: -5_200).sentence.contains("-5 us"))
    #expect(ClockProblem.negativeDelay("M", delay: -340).sentence.contains("-340 ns"))
    #expect(
      ClockProblem.inaccurate("M", accuracy: 1_240_000, scatter: nil, isUsed: true).sentence
        .contains("1.2 ms"))
  }

  @Test func passesThroughJSON() throws {
    for problem in Self.all {
      let copy = try JSONDecoder().decode(
        ClockProblem.self, from: try JSONEncoder().encode(problem))
      #expect(copy == problem)
    }
  }
}
