// SPDX-License-Identifier: MIT
import EventLog
import Testing

@testable import Daemon

@Suite struct StreamStoryTests {
  private func stream(_ lost: UInt64, _ late: UInt64, id: Int = 1) -> StreamStory.Counts {
    StreamStory.Counts(
      direction: "receiver", id: id, name: "Stage left",
      disturbances: [(.lost, "lost", lost), (.late, "late", late)])
  }

  @Test func whatRoseIsToldOnce() throws {
    var story = StreamStory()
    #expect(story.chapters([stream(5, 0)], seconds: 10).isEmpty)
    let chapters = story.chapters([stream(12, 1)], seconds: 10)
    #expect(chapters.map(\.sentence) == ["receiver Stage left: packets 7 lost, 1 late in 10 s"])
    let facts = try #require(chapters.first).facts.mapValues(\.description)
    #expect(
      facts == [
        .stream: "Stage left", .direction: "receiver", .lost: "12", .late: "1",
      ])
    #expect(story.chapters([stream(12, 1)], seconds: 10).isEmpty)
  }

  @Test func newStreamsAndNewBeginningsHaveNoHistory() {
    var story = StreamStory()
    _ = story.chapters([stream(5, 5)], seconds: 10)
    #expect(story.chapters([stream(1, 5)], seconds: 10).isEmpty)
    #expect(story.chapters([stream(1, 5), stream(900, 0, id: 2)], seconds: 10).isEmpty)
    _ = story.chapters([], seconds: 10)
    #expect(story.chapters([stream(9, 9)], seconds: 10).isEmpty)
  }
}
