// SPDX-License-Identifier: MIT
internal import Notation

/// Text from the network, made safe to be shown.
///
/// The name of a stream appears in terminals, journals and pages. Control characters could move cursors, forge
/// log lines or reverse the reading direction there, so that the parsers remove them.
enum Text {
  /// Decodes UTF-8. Invalid and harmful characters become U+FFFD, and a tab becomes a space.
  static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).printable
  }

  // Spaces and separators are looked for as bytes: what follows must not be able to hide them, as a
  // combining character does from a search for characters.

  static func trimmed(_ text: some StringProtocol) -> String {
    var slice = Substring(text).utf8
    while slice.first == UInt8(ascii: " ") { slice.removeFirst() }
    while slice.last == UInt8(ascii: " ") { slice.removeLast() }
    return String(Substring(slice))
  }

  /// The words between spaces, however many of these there are.
  static func words(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
  }

  /// The parts before and after the first `separator`; nil if there is none.
  static func halves(_ text: String, at separator: Unicode.Scalar) -> (String, String)? {
    let bytes = text.utf8
    guard let index = bytes.firstIndex(of: UInt8(ascii: separator)) else { return nil }
    let head = Substring(bytes[..<index])
    let tail = Substring(bytes[bytes.index(after: index)...])
    return (String(head), String(tail))
  }
}
