// SPDX-License-Identifier: MIT
import Testing

@testable import ControlClient

/// HTTP responses of the daemon: complete, in pieces, and malformed.
struct HTTPResponseParserTests {
  private static func parse(_ text: String, pieces: Int) throws -> HTTPResponseParser {
    var parser = HTTPResponseParser()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try parser.receive(bytes[start..<min(start + pieces, bytes.count)])
    }
    return parser
  }

  @Test(arguments: [1, 2, 7, 1000])
  func aBodyOfGivenLengthIsComplete(pieces: Int) throws {
    var parser = try Self.parse(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nX-A:  b c\r\n\r\nhello", pieces: pieces)
    #expect(parser.isComplete)
    #expect(parser.status == 404)
    #expect(parser.fields["x-a"] == "b c")
    #expect(parser.takeBody() == Array("hello".utf8))
    #expect(parser.takeBody().isEmpty)
  }

  @Test(arguments: [1, 3, 1000])
  func chunksAreJoined(pieces: Int) throws {
    var parser = try Self.parse(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a;x=y\r\n0123456789\r\n"
        + "0\r\nTrailer: t\r\n\r\n", pieces: pieces)
    #expect(parser.isComplete)
    #expect(parser.takeBody() == Array("abc0123456789".utf8))
  }

  @Test func aBodyWithoutLengthEndsWithTheConnection() throws {
    var parser = try Self.parse("HTTP/1.1 200 OK\r\n\r\nabc", pieces: 4)
    #expect(!parser.isComplete)
    try parser.finish()
    #expect(parser.isComplete)
    #expect(parser.takeBody() == Array("abc".utf8))
  }

  @Test func interimAnswersAreSkipped() throws {
    let parser = try Self.parse(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", pieces: 5)
    #expect(parser.isComplete)
    #expect(parser.status == 204)
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 xyz OK\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n99999999\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naXX\r\n",
  ])
  func malformedResponsesAreRefused(text: String) {
    #expect(throws: HTTPResponseParser.Failure.self) { try Self.parse(text, pieces: 3) }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
  func aTruncatedResponseIsRefused(text: String) throws {
    var parser = try Self.parse(text, pieces: 100)
    #expect(throws: HTTPResponseParser.Failure.truncated) { try parser.finish() }
  }

  /// Each response is endless in another part, and is refused at the bound of that part.
  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n", "X: y\r\n", HTTPResponseParser.Piece.head),
    ("", "HTTP/1.1 100 Continue\r\n\r\n", .head),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", .head),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8\r\n01234567\r\n", .body),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "01234567", .body),
    ("HTTP/1.1 200 OK\r\n\r\n", "01234567", .body),
  ])
  func everyPartIsBounded(start: String, piece: String, what: HTTPResponseParser.Piece) throws {
    var parser = HTTPResponseParser(maximumBody: 1000)
    try parser.receive(Array(start.utf8))
    let limit = what == .body ? 1000 : HTTPResponseParser.maximumHead
    #expect(throws: HTTPResponseParser.Failure.tooLong(what, limit: limit)) {
      for _ in 0..<20_000 { try parser.receive(Array(piece.utf8)) }
    }
    #expect(parser.body.count <= 1000)
  }

  /// A stream of events is a body without end. The lines between its chunks do not count as a growing head.
  @Test func aBodyThatIsConsumedMayBeEndless() throws {
    var parser = HTTPResponseParser(maximumBody: 1000)
    try parser.receive(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
    for _ in 0..<20_000 {
      try parser.receive(Array("8\r\n01234567\r\n".utf8))
      #expect(parser.takeBody().count == 8)
    }
  }

  @Test(arguments: ["+5", "-5", " 5x", "0x5", "5 5", "", "99999999999999999999"])
  func aLengthIsDigitsAlone(length: String) {
    #expect(throws: HTTPResponseParser.Failure.self) {
      try Self.parse("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n", pieces: 9)
    }
  }

  @Test(arguments: ["+5", "-5", "0x5", ""])
  func aChunkSizeIsDigitsAlone(size: String) {
    #expect(throws: HTTPResponseParser.Failure.self) {
      try Self.parse(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n", pieces: 9)
    }
  }

  @Test func aLineWithoutEndIsRefused() {
    let text = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 20_000)
    #expect(throws: HTTPResponseParser.Failure.tooLong(.line, limit: 16 * 1024)) {
      try Self.parse(text, pieces: 1000)
    }
  }
}
