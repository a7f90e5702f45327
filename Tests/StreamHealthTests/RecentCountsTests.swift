// SPDX-License-Identifier: MIT
import MediaClock
import StreamHealth
import Testing

@Suite struct RecentCountsTests {
  private func at(_ seconds: Double) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
  }

  /// A packet each second in bin 0, and one in bin 2 at 100 s.
  @Test func theLastMinuteIsUpToFiveSecondsLonger() {
    var recent = RecentCounts()
    func counts(_ seconds: Int) -> [UInt64] { [UInt64(seconds), 0, seconds >= 100 ? 1 : 0] }
    #expect(recent.recent(counts(0), at: at(0)) == [0, 0, 0])
    for second in 0...300 {
      recent.add(counts(second), at: at(Double(second)))
      let now = recent.recent(counts(second), at: at(Double(second)))
      let whole = UInt64(min(second, 60))
      #expect(now[0] >= whole && now[0] <= min(whole + 5, UInt64(second)), "at \(second) s")
      #expect(now[1] == 0)
      if second < 100 || second >= 165 { #expect(now[2] == 0, "at \(second) s") }
      if (100..<160).contains(second) { #expect(now[2] == 1, "at \(second) s") }
    }
  }

  @Test func aPauseBetweenReadingsLosesNoCounts() {
    var recent = RecentCounts()
    recent.add([7], at: at(0))
    recent.add([9], at: at(5))
    #expect(recent.recent([12], at: at(6)) == [5])
    // After an hour without a reading, all counts since the last one may be recent.
    #expect(recent.recent([20], at: at(3600)) == [11])
    recent.add([20], at: at(3600))
    recent.add([20], at: at(3700))
    #expect(recent.recent([21], at: at(3701)) == [1])
  }
}
