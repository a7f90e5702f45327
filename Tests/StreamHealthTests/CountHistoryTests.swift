// SPDX-License-Identifier: MIT
import MediaClock
import Testing

@testable import StreamHealth

/// The history of the counts of a stream.
@Suite struct CountHistoryTests {
  private func counts(_ packets: Int) -> StreamCounts {
    var counts = StreamCounts()
    counts.packets = UInt64(packets)
    return counts
  }

  private func instant(_ milliseconds: Int) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: 0) + .milliseconds(Int64(milliseconds))
  }

  /// Each request for the status adds the counts of all streams. The number of samples stays bounded, also if
  /// all of them are marks.
  @Test(arguments: [true, false])
  func frequentLooksUseNoMemory(areMarks: Bool) throws {
    var history = CountHistory()
    for look in 0..<100_000 {
      history.add(counts(look), at: instant(look), isMark: areMarks)
    }
    let samples = try #require(
      Mirror(reflecting: history).children.first { $0.label == "samples" })
    #expect((120...125).contains(Mirror(reflecting: samples.value).children.count))
    let lastMinute = history.lastMinute(counts(100_000)).packets
    #expect((60_000...60_500).contains(lastMinute))
  }

  @Test func aRiseBeginsExactlyAtTheLastMark() {
    var history = CountHistory()
    for look in 0...3_000 {
      history.add(counts(look), at: instant(look), isMark: look <= 1_234)
    }
    for start in [1_234, 1_300, 1_700] {
      #expect(history.rise(counts(3_000), since: instant(start)).packets == 3_000 - 1_234)
    }
  }
}
