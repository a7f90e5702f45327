// SPDX-License-Identifier: MIT
internal import Notation

extension SessionDescription {
  /// The maximum size; a session of 64 channels with all their names needs a tenth of it.
  public static let maximumByteCount = 32_768
  static let maximumLineCount = 1_024
  static let maximumMediaCount = 64

  /// Parses SDP line by line, and skips lines that cannot be parsed. ``SessionReading`` lists them.
  ///
  /// - Throws: the reason why the text as a whole is not a session description.
  public init(parsing bytes: borrowing RawSpan) throws(SDPError) {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.byteCount)
    for offset in 0..<min(bytes.byteCount, Self.maximumByteCount + 1) {
      copy.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
    try self.init(parsing: copy[...])
  }

  public init(parsing text: String) throws(SDPError) {
    self = try SDPParser.parse(text).description
  }

  init(parsing bytes: ArraySlice<UInt8>) throws(SDPError) {
    self = try SDPParser.parse(bytes).description
  }
}

/// The result of parsing an SDP text, and the lines that could not be parsed.
struct ParsedSession {
  var description: SessionDescription
  /// Skipped lines.
  var ignored: [SDPError]
  /// Lines because of which a whole media section is skipped.
  var lost: [SDPError]
}

/// Parses the lines of a description one by one.
struct SDPParser {
  private var sawVersion = false
  private var origin: Origin?
  private var name: String?
  private var information: String?
  private var connection: Connection?
  private var kept: [KeptLine] = []
  private var attributes: [Attribute] = []
  private var media: [MediaDescription] = []
  private var ignored: [SDPError] = []
  private var lost: [SDPError] = []
  /// True if the line `m=` of the present section is unreadable, so that its other lines are skipped.
  private var isSectionLost = false
  /// The unreadable line `c=` of the present section.
  private var lostConnection: SDPError?

  /// The maximum number of reported mistakes of each kind.
  private static let maximumFaultCount = 16

  static func parse(_ bytes: ArraySlice<UInt8>) throws(SDPError) -> ParsedSession {
    guard bytes.count <= SessionDescription.maximumByteCount else { throw tooLong(bytes.count) }
    return try parse(String(decodingText: bytes))
  }

  static func parse(_ text: String) throws(SDPError) -> ParsedSession {
    var rest = Array(text.utf8)[...]
    guard rest.count <= SessionDescription.maximumByteCount else { throw tooLong(rest.count) }
    // A byte order mark, which some editors put before the first line.
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var parser = SDPParser()
    // Carriage returns end lines only if there are no line feeds.
    let end = UInt8(ascii: rest.contains(UInt8(ascii: "\n")) ? "\n" : "\r")
    var number = 0
    while !rest.isEmpty {
      number += 1
      guard number <= SessionDescription.maximumLineCount else {
        throw SDPError(
          line: number, reason: .tooManyLines(maximum: SessionDescription.maximumLineCount))
      }
      let stop = rest.firstIndex(of: end) ?? rest.endIndex
      let line = content(of: rest[..<stop])
      rest = rest[stop...].dropFirst()
      if !line.isEmpty { try parser.take(line, number: number) }
    }
    return try parser.finished()
  }

  /// The content of a line, without characters that editors and mail programs add; some senders end their text
  /// with a NUL. Spaces at the end belong to the value.
  private static func content(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    var line = line.drop { blanks.contains($0) }
    while let last = line.last, last == UInt8(ascii: "\r") || last == 0 { line.removeLast() }
    return line
  }

  private mutating func take(_ line: ArraySlice<UInt8>, number: Int) throws(SDPError) {
    let kind = line[line.startIndex]
    guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: "="),
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(kind)
    else {
      let found = SDPError.shortened(Text.decoded(line))
      guard sawVersion else { throw SDPError(line: number, reason: .notSDP(found: found)) }
      ignore(SDPError(line: number, reason: .notALine(found: found)))
      return
    }
    let value = Text.decoded(line.dropFirst(2))
    guard sawVersion else {
      guard kind == UInt8(ascii: "v"), Text.trimmed(value) == "0" else {
        let found = SDPError.shortened(Text.decoded(line))
        throw SDPError(line: number, reason: .notSDP(found: found))
      }
      sawVersion = true
      return
    }
    let letter = Character(Unicode.Scalar(kind))
    if letter == "m" {
      try takeMedia(value, number: number)
    } else if isSectionLost {
      return
    } else if media.isEmpty {
      takeOfSession(letter, value, number: number)
    } else {
      takeOfMedia(letter, value, number: number)
    }
  }

  private mutating func takeMedia(_ value: String, number: Int) throws(SDPError) {
    finishSection()
    guard media.count < SessionDescription.maximumMediaCount else {
      throw SDPError(
        line: number, reason: .tooManyMedia(maximum: SessionDescription.maximumMediaCount))
    }
    guard let section = MediaDescription(value, line: SourceLine(number)) else {
      isSectionLost = true
      lose(.malformed("m=", value, expected: MediaDescription.form, line: number))
      return
    }
    media.append(section)
  }

  /// Ends a section. With an unreadable line `c=` its destination is unknown; the session's line is not used
  /// for it.
  private mutating func finishSection() {
    isSectionLost = false
    guard let error = lostConnection else { return }
    lostConnection = nil
    if media.last?.connections.isEmpty == true {
      media.removeLast()
      lose(error)
    } else {
      ignore(error)
    }
  }

  /// Takes a line of the session. A second `o=` or `s=` does not replace the first.
  private mutating func takeOfSession(_ letter: Character, _ value: String, number: Int) {
    switch letter {
    case "o":
      if let parsed = Origin(value) {
        origin = origin ?? parsed
      } else {
        ignore(.malformed("o=", value, expected: Origin.form, line: number))
      }
    case "s": name = name ?? value
    case "i": information = information ?? value
    case "c":
      if let parsed = takeConnection(value, number: number) {
        connection = connection ?? parsed
      } else {
        ignore(.malformed("c=", value, expected: Connection.form, line: number))
      }
    case "a": attributes.append(Attribute(parsing: value, line: SourceLine(number)))
    case "u", "e", "p", "b", "t", "r", "z", "k": kept.append(KeptLine(letter, value))
    default: break
    }
  }

  private mutating func takeOfMedia(_ letter: Character, _ value: String, number: Int) {
    let last = media.count - 1
    switch letter {
    case "i": media[last].information = media[last].information ?? value
    case "c":
      if let parsed = takeConnection(value, number: number) {
        media[last].connections.append(parsed)
      } else {
        lostConnection = .malformed("c=", value, expected: Connection.form, line: number)
      }
    case "a":
      media[last].attributes.append(Attribute(parsing: value, line: SourceLine(number)))
    case "b", "k": media[last].kept.append(KeptLine(letter, value))
    default: break
    }
  }

  /// Takes a line `c=`. If only the part after the address is unreadable, it is left out.
  private mutating func takeConnection(_ value: String, number: Int) -> Connection? {
    if let parsed = Connection(value) { return parsed }
    guard let plain = Connection(withoutSuffix: value) else { return nil }
    ignore(.malformed("c=", value, expected: Connection.form, line: number))
    return plain
  }

  private mutating func ignore(_ error: SDPError) {
    if ignored.count < Self.maximumFaultCount { ignored.append(error) }
  }

  private mutating func lose(_ error: SDPError) {
    if lost.count < Self.maximumFaultCount { lost.append(error) }
  }

  private static func tooLong(_ count: Int) -> SDPError {
    SDPError(
      line: 0, reason: .tooLong(bytes: count, maximum: SessionDescription.maximumByteCount))
  }

  private mutating func finished() throws(SDPError) -> ParsedSession {
    guard sawVersion else { throw SDPError(line: 1, reason: .notSDP(found: "")) }
    finishSection()
    if origin == nil {
      let missing = SDPError(line: 0, reason: .missing("o=\(Origin.form)"))
      // A text without an origin and without a media section describes nothing.
      guard !media.isEmpty || !lost.isEmpty else { throw ignored.first ?? missing }
      if ignored.isEmpty { ignore(missing) }
    }
    var description = SessionDescription(
      origin: origin ?? .unknown, name: name ?? "-", connection: connection,
      attributes: attributes, media: media)
    description.information = information
    let timed = kept.contains { $0.kind == "t" } ? kept : kept + [KeptLine("t", "0 0")]
    description.kept = timed.inOrder
    for index in description.media.indices {
      description.media[index].kept = description.media[index].kept.inOrder
    }
    return ParsedSession(description: description, ignored: ignored, lost: lost)
  }
}
