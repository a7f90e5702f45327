// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

/// The message about a stream whose packets arrive in bursts (field case 21).
struct BurstProblemTests {
  private func problem(
    offset: Int64, burst: Int64?, needed: Int64?, isAutomatic: Bool = false
  ) -> String? {
    ReceiverTiming(
      isAutomatic: isAutomatic, burstMicroseconds: burst, neededLinkOffsetFrames: needed
    ).burstProblem(linkOffset: offset)
  }

  @Test func namesTheBurstAndTheNeededLinkOffset() {
    #expect(
      problem(offset: 144, burst: 21_333, needed: 1_153)
        == "packets come in bursts of 21 ms: set link-offset to auto, or to 25 ms")
    #expect(
      problem(offset: 288, burst: 100_000, needed: 5_401, isAutomatic: true)
        == "packets come in bursts of 100 ms: raise streams.max-packets, or set link-offset to 113 ms"
    )
  }

  @Test func noProblemIfTheLinkOffsetSuffices() {
    #expect(problem(offset: 1_200, burst: 21_333, needed: 1_153) == nil)
    #expect(problem(offset: 1_153, burst: 21_333, needed: 1_153) == nil)
    #expect(problem(offset: 144, burst: nil, needed: nil) == nil)
  }
}
