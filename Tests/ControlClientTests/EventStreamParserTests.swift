// SPDX-License-Identifier: MIT
import ControlClient
import Testing

/// Server-sent events, in pieces of any size.
struct EventStreamParserTests {
  @Test(arguments: [1, 4, 1000])
  func eventsAreCutAtEmptyLines(pieces: Int) {
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
      events += parser.receive(bytes[start..<min(start + pieces, bytes.count)])
    }
    #expect(
      events == [
        ServerEvent(name: "change", data: "{\"a\":1}"),
        ServerEvent(name: "message", data: "one\ntwo"),
      ])
    #expect(
      parser.receive(Array("\n".utf8)) == [ServerEvent(name: "unfinished", data: "x")])
  }

  @Test func anEventWithoutDataIsNone() {
    var parser = EventStreamParser()
    #expect(parser.receive(Array("event: a\n\ndata: b\n\n".utf8)).map(\.name) == ["message"])
  }
}
