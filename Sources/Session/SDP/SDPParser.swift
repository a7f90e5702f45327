// SPDX-License-Identifier: MIT

extension SessionDescription {
  /// What is read at most; a session of 64 channels with all their names needs a tenth of it.
  public static let maximumByteCount = 32_768
  static let maximumLineCount = 1_024
  static let maximumMediaCount = 64

  /// Reads SDP with either line end. Unknown lines and attributes do not disturb; a known line that
  /// makes no sense is an error that names it.
  public init(parsing bytes: borrowing RawSpan) throws(SDPError) {
    guard bytes.byteCount <= Self.maximumByteCount else {
      throw SDPError(
        line: 0, reason: .tooLong(bytes: bytes.byteCount, maximum: Self.maximumByteCount))
    }
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.byteCount)
    for offset in 0..<bytes.byteCount {
      copy.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
    try self.init(parsing: copy[...])
  }

  public init(parsing text: String) throws(SDPError) {
    try self.init(parsing: Array(text.utf8)[...])
  }

  init(parsing bytes: ArraySlice<UInt8>) throws(SDPError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw SDPError(
        line: 0, reason: .tooLong(bytes: bytes.count, maximum: Self.maximumByteCount))
    }
    var parser = SDPParser()
    var number = 0
    var rest = bytes
    while !rest.isEmpty {
      number += 1
      guard number <= Self.maximumLineCount else {
        throw SDPError(line: number, reason: .tooManyLines(maximum: Self.maximumLineCount))
      }
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[end...].dropFirst()
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      // Some end their text with a NUL, some with empty lines.
      while line.last == 0 { line.removeLast() }
      if !line.isEmpty { try parser.take(line, number: number) }
    }
    self = try parser.finished()
  }
}

/// Takes the lines of a description one by one.
struct SDPParser {
  private var sawVersion = false
  private var origin: Origin?
  private var name: String?
  private var information: String?
  private var connection: Connection?
  private var kept: [KeptLine] = []
  private var attributes: [Attribute] = []
  private var media: [MediaDescription] = []

  mutating func take(_ line: ArraySlice<UInt8>, number: Int) throws(SDPError) {
    let kind = line[line.startIndex]
    guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: "="),
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(kind)
    else {
      guard sawVersion else { throw SDPError(line: number, reason: .notSDP) }
      throw SDPError(line: number, reason: .notALine(found: Text.decoded(line.prefix(40))))
    }
    let value = Text.decoded(line.dropFirst(2))
    guard sawVersion else {
      guard kind == UInt8(ascii: "v"), Text.trimmed(value) == "0" else {
        throw SDPError(line: number, reason: .notSDP)
      }
      sawVersion = true
      return
    }
    let letter = Character(Unicode.Scalar(kind))
    if letter == "m" {
      try takeMedia(value, number: number)
    } else if media.isEmpty {
      try takeOfSession(letter, value, number: number)
    } else {
      try takeOfMedia(letter, value, number: number)
    }
  }

  private mutating func takeMedia(_ value: String, number: Int) throws(SDPError) {
    guard media.count < SessionDescription.maximumMediaCount else {
      throw SDPError(
        line: number, reason: .tooManyMedia(maximum: SessionDescription.maximumMediaCount))
    }
    guard let section = MediaDescription(value, line: SourceLine(number)) else {
      throw Self.malformed("m=", value, MediaDescription.form, number)
    }
    media.append(section)
  }

  /// What is there once counts once: a second `o=` or `s=` does not replace the first.
  private mutating func takeOfSession(
    _ letter: Character, _ value: String, number: Int
  ) throws(SDPError) {
    switch letter {
    case "o":
      guard let parsed = Origin(value) else {
        throw Self.malformed("o=", value, Origin.form, number)
      }
      origin = origin ?? parsed
    case "s": name = name ?? value
    case "i": information = information ?? value
    case "c":
      let parsed = try Self.connection(value, number: number)
      connection = connection ?? parsed
    case "a": attributes.append(Attribute(parsing: value, line: SourceLine(number)))
    case "u", "e", "p", "b", "t", "r", "z", "k": kept.append(KeptLine(letter, value))
    default: break
    }
  }

  private mutating func takeOfMedia(
    _ letter: Character, _ value: String, number: Int
  ) throws(SDPError) {
    let last = media.count - 1
    switch letter {
    case "i": media[last].information = media[last].information ?? value
    case "c": media[last].connections.append(try Self.connection(value, number: number))
    case "a":
      media[last].attributes.append(Attribute(parsing: value, line: SourceLine(number)))
    case "b", "k": media[last].kept.append(KeptLine(letter, value))
    default: break
    }
  }

  private static func connection(_ value: String, number: Int) throws(SDPError) -> Connection {
    guard let connection = Connection(value) else {
      throw malformed("c=", value, Connection.form, number)
    }
    return connection
  }

  private static func malformed(
    _ what: String, _ found: String, _ expected: String, _ line: Int
  ) -> SDPError {
    SDPError(line: line, reason: .malformed(what, found: found, expected: expected))
  }

  func finished() throws(SDPError) -> SessionDescription {
    guard sawVersion else { throw SDPError(line: 1, reason: .notSDP) }
    guard let origin else { throw SDPError(line: 0, reason: .missing("o=\(Origin.form)")) }
    var description = SessionDescription(
      origin: origin, name: name ?? "-", connection: connection, attributes: attributes,
      media: media)
    description.information = information
    let timed = kept.contains { $0.kind == "t" } ? kept : kept + [KeptLine("t", "0 0")]
    description.kept = timed.inOrder
    for index in description.media.indices {
      description.media[index].kept = description.media[index].kept.inOrder
    }
    return description
  }
}
