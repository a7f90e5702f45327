// SPDX-License-Identifier: MIT
internal import Notation

extension SessionDescription {
  /// The text, with CRLF after every line and the lines in the order of RFC 4566, section 5.
  ///
  /// Within that order attributes keep their places: some devices are known to depend on them.
  public var text: String {
    var writer = SDPWriter()
    writer.line("v", "0")
    writer.line("o", origin.value)
    writer.line("s", name)
    if let information { writer.line("i", information) }
    writer.lines(kept.ofKinds("uep"))
    if let connection { writer.line("c", connection.value) }
    writer.lines(kept.ofKinds("btrzk").inOrder)
    for attribute in attributes { writer.line("a", attribute.text) }
    for section in media { writer.section(section) }
    return writer.text
  }

  public var bytes: [UInt8] { Array(text.utf8) }
}

/// Joins lines. Characters that would end a line are removed, because names come from users.
private struct SDPWriter {
  var text = ""

  mutating func line(_ kind: Character, _ value: String) {
    text.append(kind)
    text.append("=")
    text += value.printable
    text += "\r\n"
  }

  mutating func lines(_ kept: [KeptLine]) {
    for field in kept { line(field.kind, field.value) }
  }

  mutating func section(_ media: MediaDescription) {
    line("m", media.value)
    if let information = media.information { line("i", information) }
    for connection in media.connections { line("c", connection.value) }
    lines(media.kept.inOrder)
    for attribute in media.attributes { line("a", attribute.text) }
  }
}
