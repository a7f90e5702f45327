// SPDX-License-Identifier: MIT
import Testing

@testable import ControlClient

/// Server-sent events, in pieces of any size.
struct EventStreamParserTests {
  @Test(arguments: [1, 4, 1000])
  func eventsEndAtEmptyLines(pieces: Int) throws {
    let text = """
      : comment

      event: change\r
      data: {"a":1}\r
      \r
      data:one
      data: two
      id: 7

      event: unfinished
      data: x

      """
    var parser = EventStreamParser()
    let bytes = Array(text.utf8)
    var events: [ServerEvent] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      events += try parser.receive(bytes[start..<min(start + pieces, bytes.count)])
    }
    #expect(
      events == [
        ServerEvent(name: "change", data: "{\"a\":1}"),
        ServerEvent(name: "message", data: "one\ntwo"),
      ])
    #expect(
      try parser.receive(Array("\n".utf8)) == [ServerEvent(name: "unfinished", data: "x")])
  }

  @Test func anEventWithoutDataIsIgnored() throws {
    var parser = EventStreamParser()
    #expect(try parser.receive(Array("event: a\n\ndata: b\n\n".utf8)).map(\.name) == ["message"])
  }

  @Test(arguments: ["x", "data: 0123456789\n", ": comment\n", "unknown: field\n"])
  func anEventWithoutEndIsRefused(piece: String) throws {
    var parser = EventStreamParser(maximumEvent: 1000)
    #expect(throws: EventStreamParser.TooLong(limit: 1000)) {
      for _ in 0..<2000 { _ = try parser.receive(Array(piece.utf8)) }
    }
  }

  @Test func aStreamOfEventsIsUnbounded() throws {
    var parser = EventStreamParser(maximumEvent: 1000)
    for _ in 0..<2000 {
      let events = try parser.receive(Array("data: 0123456789\n\n".utf8))
      #expect(events.count == 1)
    }
  }
}
