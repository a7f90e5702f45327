// SPDX-License-Identifier: MIT
internal import Notation

/// Text that came from the network, made fit to be shown.
///
/// A stream's name ends up in terminals, journals and pages. Control characters there could move
/// cursors, forge log lines or reverse the reading direction, so they do not get past the parsers.
enum Text {
  /// Decodes UTF-8; what is not UTF-8, or must not be shown, becomes U+FFFD, and a tab a space.
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

  /// The words between spaces, however many of those there are.
  static func words(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
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
