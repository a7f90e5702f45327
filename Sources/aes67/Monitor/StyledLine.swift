// SPDX-License-Identifier: MIT

/// A line of a screen in pieces, each of which may be coloured.
struct StyledLine: Equatable {
  enum Style: String {
    case plain = ""
    case good = "32"
    case warning = "33"
    case bad = "1;31"
    case faint = "2"
    case heading = "1"
    case chosen = "7"
  }

  struct Piece: Equatable {
    var text: String
    var style: Style
  }

  private(set) var pieces: [Piece] = []

  init(_ text: String = "", _ style: Style = .plain) { add(text, style) }

  mutating func add(_ text: String, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    if let last = pieces.last, last.style == style {
      pieces[pieces.count - 1].text = last.text + text
    } else {
      pieces.append(Piece(text: text, style: style))
    }
  }

  var text: String { pieces.map(\.text).joined() }

  /// The text for the terminal: no wider than so many cells, and without colours if they are disabled.
  func rendered(width: Int, isColoured: Bool) -> String {
    var (result, left) = ("", width)
    for piece in pieces {
      let text = Text.cut(piece.text, to: left)
      left -= Text.cells(text)
      let isPlain = !isColoured || piece.style == .plain
      result += isPlain ? text : "\u{1B}[\(piece.style.rawValue)m\(text)\u{1B}[0m"
      if left <= 0 { break }
    }
    return result
  }
}
