// SPDX-License-Identifier: MIT

/// A key of the terminal.
public enum Key: Equatable, Sendable {
  case character(Character)
  case up, down, left, right, pageUp, pageDown, home, end, tab

  /// The keys in the bytes of one read. Other sequences are left out.
  public static func keys(in bytes: [UInt8]) -> [Key] {
    var keys: [Key] = []
    var rest = Array(String(decoding: bytes, as: UTF8.self))[...]
    while let first = rest.popFirst() {
      guard first == "\u{1B}" else {
        keys.append(first == "\t" ? .tab : .character(first))
        continue
      }
      // ECMA-48, 5.4: parameters, and one final character; after O one character alone.
      guard let kind = rest.first, kind == "[" || kind == "O" else { continue }
      rest.removeFirst()
      let parameters = rest.prefix { kind == "[" && !("@"..."~").contains($0) }
      rest = rest.dropFirst(parameters.count)
      guard let final = rest.popFirst() else { break }
      if let key = named(String(parameters), final) { keys.append(key) }
    }
    return keys
  }

  private static func named(_ parameters: String, _ final: Character) -> Key? {
    switch (parameters, final) {
    case (_, "A"): .up
    case (_, "B"): .down
    case (_, "C"): .right
    case (_, "D"): .left
    case (_, "H"), ("1", "~"), ("7", "~"): .home
    case (_, "F"), ("4", "~"), ("8", "~"): .end
    case ("5", "~"): .pageUp
    case ("6", "~"): .pageDown
    default: nil
    }
  }
}
