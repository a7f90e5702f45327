// SPDX-License-Identifier: MIT

extension String {
  /// Decodes the text of a file or a packet in the usual encodings: UTF-8, UTF-16, and Latin-1 for each line
  /// that is not UTF-8. A byte order mark is not part of the text.
  ///
  /// UTF-16 is recognized by its byte order mark, or by a zero beside the first character, which is ASCII in
  /// every format that we read.
  public init(decodingText bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(3))
    if head == [0xEF, 0xBB, 0xBF] {
      self = Self.lines(bytes.dropFirst(3))
    } else if let order = UTF16Order(head) {
      var rest = Array(bytes)
      if order.isMarked { rest.removeFirst(2) }
      let units = stride(from: 0, to: rest.count - 1, by: 2).map { index -> UInt16 in
        let (first, second) = (UInt16(rest[index]), UInt16(rest[index + 1]))
        return order.isBigEndian ? first << 8 | second : second << 8 | first
      }
      self = String(decoding: units, as: UTF16.self)
    } else {
      self = Self.lines(bytes)
    }
  }

  /// Decodes line by line, so that a name in another encoding does not affect other lines.
  private static func lines(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var isFirst = true
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if !isFirst { text += "\n" }
      isFirst = false
      if let valid = String(validating: line, as: UTF8.self) {
        text += valid
      } else {
        // Latin-1 is the first 256 characters of Unicode.
        text.unicodeScalars.append(contentsOf: line.map { Unicode.Scalar($0) })
      }
    }
    return text
  }
}

private struct UTF16Order {
  var isBigEndian: Bool
  var isMarked: Bool

  init?(_ head: [UInt8]) {
    guard head.count >= 2 else { return nil }
    switch (head[0], head[1]) {
    case (0xFE, 0xFF): (isBigEndian, isMarked) = (true, true)
    case (0xFF, 0xFE): (isBigEndian, isMarked) = (false, true)
    case (0, 1...0x7F): (isBigEndian, isMarked) = (true, false)
    case (1...0x7F, 0): (isBigEndian, isMarked) = (false, false)
    default: return nil
    }
  }
}
