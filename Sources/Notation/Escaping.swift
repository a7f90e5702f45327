// SPDX-License-Identifier: MIT

extension String {
  /// The text with some of its scalars replaced, such as quotes by escaped quotes.
  ///
  /// Scalars are compared, not characters: a quote with a combining mark is another character for Swift, but the
  /// same quote for a shell and for other programs.
  public func escaped(_ escapes: [Unicode.Scalar: String]) -> String {
    guard unicodeScalars.contains(where: { escapes[$0] != nil }) else { return self }
    var text = UnicodeScalarView()
    for scalar in unicodeScalars {
      if let escape = escapes[scalar] {
        text.append(contentsOf: escape.unicodeScalars)
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}

extension String {
  /// The text as one word for a POSIX shell, in quotes within which the shell expands nothing.
  public var shellWord: String { "'" + escaped(["'": "'\\''"]) + "'" }
}
