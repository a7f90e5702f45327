// SPDX-License-Identifier: MIT

/// Text that came from the network, made fit to be shown.
///
/// A stream's name ends up in terminals, journals and pages. Control characters there could move
/// cursors, forge log lines or reverse the reading direction, so they do not get past the parsers.
enum Text {
  /// Decodes UTF-8; what is not UTF-8, or must not be shown, becomes U+FFFD, and a tab a space.
  static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
    if isPlain(bytes) { return String(decoding: bytes, as: UTF8.self) }
    return cleaned(String(decoding: bytes, as: UTF8.self))
  }

  /// The same for text that is a String already, such as a name from a configuration file.
  static func cleaned(_ text: String) -> String {
    if isPlain(text.utf8) { return text }
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        result.append(" ")
      } else {
        result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return String(result)
  }

  /// Returns true if it is printable ASCII alone, as nearly all of it is.
  private static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes where byte < 0x20 || byte > 0x7E { return false }
    return true
  }

  /// Control characters (C0, DEL, C1), line and paragraph separators, and what changes the reading
  /// direction of the text around it.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  // Spaces and separators are looked for as bytes: what follows must not be able to hide them, as a
  // combining character does from a search for characters.

  static func trimmed(_ text: some StringProtocol) -> String {
    var slice = Substring(text).utf8
    while slice.first == UInt8(ascii: " ") { slice.removeFirst() }
    while slice.last == UInt8(ascii: " ") { slice.removeLast() }
    return String(Substring(slice))
  }

  /// The words between spaces, however many of those there are.
  static func words(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
  }

  /// A decimal number of digits alone; Swift's own reading would take a sign.
  static func number<Number: FixedWidthInteger>(_ text: some StringProtocol) -> Number? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Number(text)
  }

  /// The part before the first `separator`, and the part behind it; nil when there is none.
  static func halves(_ text: String, at separator: Unicode.Scalar) -> (String, String)? {
    let bytes = text.utf8
    guard let index = bytes.firstIndex(of: UInt8(ascii: separator)) else { return nil }
    let head = Substring(bytes[..<index])
    let tail = Substring(bytes[bytes.index(after: index)...])
    return (String(head), String(tail))
  }
}
