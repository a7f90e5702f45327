// SPDX-License-Identifier: MIT

/// Text in cells of a terminal: most characters take one, those of East Asia two, combining marks none.
extension Text {
  static func cells(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + cells($1) }
  }

  /// The cells of one visible character, whatever its scalars.
  static func cells(_ character: Character) -> Int {
    character.unicodeScalars.reduce(0) { max($0, cells($1)) }
  }

  private static func cells(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    // Vowels and final consonants of Hangul, which join the syllable before them.
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    let isWide =
      scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    return isWide ? 2 : 1
  }

  /// The characters of East Asian Width W and F (Unicode Standard Annex 11) except emoji, in whole blocks.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x20000...0x3FFFD,
  ]

  /// The beginning of a text that fits into so many cells, with an ellipsis if it is cut.
  static func cut(_ text: String, to width: Int) -> String {
    guard cells(text) > width else { return text }
    var (result, used) = ("", 0)
    for character in text {
      let more = cells(character)
      guard used + more < width else { break }
      result.append(character)
      used += more
    }
    return width > 0 ? result + "\u{2026}" : ""
  }

  /// The text in exactly so many cells.
  static func fitted(_ text: String, to width: Int, toTheRight: Bool = false) -> String {
    let text = cut(text, to: width)
    let space = String(repeating: " ", count: max(0, width - cells(text)))
    return toTheRight ? space + text : text + space
  }
}
