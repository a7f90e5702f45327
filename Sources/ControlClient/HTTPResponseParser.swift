// SPDX-License-Identifier: MIT
internal import Notation

/// A parser for the daemon's subset of HTTP/1.1 responses: a status line, fields, and a body that has a length,
/// is chunked (RFC 9112, 7.1) or ends with the connection.
///
/// It takes bytes in pieces of any size.
///
/// The package already has an HTTP parser, NIO's, which the daemon uses. The command does without NIO, so that
/// it stays small, starts at once and needs no threads; and the daemon answers only in this subset of HTTP.
/// Nothing is trusted before it is checked, and all memory is limited.
public struct HTTPResponseParser: Sendable {
  /// The reason why bytes are not a response.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    /// A line, all lines of the header or of the trailer together, or the body, is longer than `limit` bytes.
    case tooLong(Piece, limit: Int)
    /// The connection ended before the response.
    case truncated

    public var description: String {
      switch self {
      case .malformed(let line): "not an HTTP response: \(line.prefix(80))"
      case .tooLong(.line, let limit): "a line of the response is longer than \(limit) bytes"
      case .tooLong(let piece, let limit):
        "the \(piece.rawValue) of the response is longer than \(limit) bytes"
      case .truncated: "the daemon closed the connection before its answer was complete"
      }
    }
  }

  /// A part with a limit.
  public enum Piece: String, Sendable {
    case line, head, body
  }

  private enum Part {
    case statusLine, fields
    case body(left: Int)
    case rest
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailer
    case done
  }

  /// The maximum length of a line, which the daemon never exceeds.
  static let maximumLine = 16 * 1024
  /// The maximum size of the header, and of all lines between and after the chunks together.
  static let maximumHead = 64 * 1024

  /// The status; 0 until the status line has been received.
  public private(set) var status = 0
  /// The header fields, with names in lower case.
  public private(set) var fields: [String: String] = [:]
  /// The received part of the body that was not taken yet.
  public private(set) var body: [UInt8] = []
  private var part = Part.statusLine
  private var line: [UInt8] = []
  /// The size of all lines since the status line, or since the last chunk that was not empty.
  private var headBytes = 0
  private let maximumBody: Int

  /// - Parameter maximumBody: the maximum size of a body that was not taken yet.
  public init(maximumBody: Int = 16 << 20) { self.maximumBody = maximumBody }

  public var isHeadComplete: Bool {
    switch part {
    case .statusLine, .fields: false
    default: true
    }
  }

  public var isComplete: Bool {
    if case .done = part { true } else { false }
  }

  /// Returns the received part of the body, and removes it.
  public mutating func takeBody() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &body)
    return taken
  }

  /// Takes the next bytes; those after a complete response are ignored.
  public mutating func receive(_ bytes: some Sequence<UInt8>) throws(Failure) {
    for byte in bytes { try receive(byte) }
  }

  /// Notes the end of the connection, which ends a body without a length.
  public mutating func finish() throws(Failure) {
    switch part {
    case .rest: part = .done
    case .done: break
    default: throw .truncated
    }
  }

  private mutating func receive(_ byte: UInt8) throws(Failure) {
    switch part {
    case .body(let left):
      try append(byte)
      part = left > 1 ? .body(left: left - 1) : .done
    case .chunk(let left):
      try append(byte)
      headBytes = 0
      part = left > 1 ? .chunk(left: left - 1) : .chunkEnd
    case .rest:
      try append(byte)
    case .done:
      break
    case .statusLine, .fields, .chunkSize, .chunkEnd, .trailer:
      headBytes += 1
      guard headBytes <= Self.maximumHead else { throw .tooLong(.head, limit: Self.maximumHead) }
      guard byte == UInt8(ascii: "\n") else {
        guard line.count < Self.maximumLine else { throw .tooLong(.line, limit: Self.maximumLine) }
        line.append(byte)
        return
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      try receive(line: text)
    }
  }

  private mutating func append(_ byte: UInt8) throws(Failure) {
    guard body.count < maximumBody else { throw .tooLong(.body, limit: maximumBody) }
    body.append(byte)
  }

  private mutating func receive(line: String) throws(Failure) {
    switch part {
    case .statusLine:
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
        let number = Int(decimal: words[1]), (100...599).contains(number)
      else { throw .malformed(line) }
      status = number
      part = .fields
    case .fields:
      if line.isEmpty {
        try startBody()
      } else {
        try addField(line)
      }
    case .chunkSize:
      let digits = line.prefix { $0 != ";" && $0 != " " }
      guard !digits.isEmpty, digits.utf8.count <= 7, let size = Int(hexadecimal: digits)
      else { throw .malformed(line) }
      part = size > 0 ? .chunk(left: size) : .trailer
    case .chunkEnd:
      guard line.isEmpty else { throw .malformed(line) }
      part = .chunkSize
    case .trailer:
      if line.isEmpty { part = .done }
    case .body, .rest, .chunk, .done:
      break
    }
  }

  private mutating func addField(_ line: String) throws(Failure) {
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
      throw .malformed(line)
    }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    fields[line[..<colon].lowercased()] = String(value)
  }

  private mutating func startBody() throws(Failure) {
    if (100..<200).contains(status) {  // An interim answer: the real one follows.
      part = .statusLine
      fields = [:]
    } else if status == 204 || status == 304 {
      part = .done
    } else if fields["transfer-encoding"]?.lowercased() == "chunked" {
      part = .chunkSize
    } else if let text = fields["content-length"] {
      guard let length = Int(decimal: text) else { throw .malformed("content-length: \(text)") }
      part = length > 0 ? .body(left: length) : .done
    } else {
      part = .rest
    }
  }
}
