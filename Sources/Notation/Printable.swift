// SPDX-License-Identifier: MIT

extension Unicode.Scalar {
  /// Returns true if the character could move a terminal's cursor, change its state, forge a log line, reverse
  /// the reading direction of the text around it, or make two different names look alike.
  ///
  /// These are the control characters, the separators of lines and paragraphs, and the format characters except
  /// the joiners U+200C and U+200D, which scripts and emoji need.
  public var isHarmful: Bool {
    switch value {
    case 0x20...0x7E, 0x200C, 0x200D: return false
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}

extension String {
  /// The text with characters that are safe in a terminal, a journal and a page: harmful ones become U+FFFD,
  /// and a tab becomes a space.
  ///
  /// For names and messages from the network, from other programs and from files.
  public var printable: String {
    guard utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) else { return self }
    var result = UnicodeScalarView()
    for scalar in unicodeScalars {
      result.append(scalar == "\t" ? " " : scalar.isHarmful ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}

extension [String] {
  /// The first five texts, and if there are more, a last one with the number of the others: one request must
  /// not fill a log.
  public var firstFew: [String] {
    count <= 5 ? self : prefix(5) + ["and \(count - 5) more"]
  }
}

extension String {
  /// The longest name of a stream or a program, in characters and in bytes of UTF-8.
  public static let longestName = (characters: 64, bytes: 255)

  /// Returns true if it is not too long for a name. Bytes are limited as well, because one character may have
  /// any number of combining marks.
  public var fitsName: Bool {
    utf8.count <= Self.longestName.bytes && count <= Self.longestName.characters
  }

  /// The text as a name: printable, and cut to the length of a name.
  public var asName: String {
    var name = printable
    if !name.fitsName {
      var bytes = 0
      name = String(
        name.prefix(Self.longestName.characters).prefix { character in
          bytes += character.utf8.count
          return bytes <= Self.longestName.bytes
        })
    }
    return name
  }
}
