// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

@testable import Daemon

@Suite struct ProgressWatchTests {
  private func look(_ watch: inout ProgressWatch, _ transmit: UInt64, _ ptp: UInt64) -> [String] {
    watch.look(at: [.init(thread: "media-tx", rounds: transmit), .init(thread: "ptp", rounds: ptp)])
  }

  @Test func aThreadWithoutProgressIsReported() {
    var watch = ProgressWatch(timeout: 3)
    for round in UInt64(0)..<3 { #expect(look(&watch, 7, round) == []) }
    #expect(look(&watch, 7, 3) == ["media-tx"])
    #expect(look(&watch, 7, 4) == ["media-tx"])
  }

  @Test func oneRoundIsProgress() {
    var watch = ProgressWatch(timeout: 3)
    for round in UInt64(0)..<30 { #expect(look(&watch, round / 3, round) == []) }
  }

  @Test func aThreadThatContinuesIsNoLongerReported() {
    var watch = ProgressWatch(timeout: 2)
    for _ in 0..<5 { _ = look(&watch, 1, 1) }
    #expect(look(&watch, 2, 1) == ["ptp"])
    #expect(look(&watch, 3, 2) == [])
  }

  @Test func aThreadThatNeverStartsIsReported() {
    var watch = ProgressWatch(timeout: 2)
    for _ in 0..<2 { #expect(look(&watch, 0, 0) == []) }
    #expect(look(&watch, 0, 0) == ["media-tx", "ptp"])
  }
}
