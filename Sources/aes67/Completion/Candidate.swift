// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import Notation

/// One possible completion of a word.
struct Candidate: Equatable {
  var word: String
  /// The meaning of the word, for shells that show it.
  var note = ""

  /// Returns true if every shell takes the word as it is; bash does not quote everything that it would expand.
  var isPlain: Bool {
    !word.isEmpty && Text.plain(word) == word
      && !word.unicodeScalars.contains { "$`!\\".unicodeScalars.contains($0) }
  }

  /// The line that the completion script of a shell expects; nil for a word that cannot be typed in one line.
  ///
  /// Words come from the network too: none of them may be run or split by the shell.
  func line(for shell: CompletionShell?) -> String? {
    guard isPlain else { return nil }
    let note = Text.plain(note)
    switch shell {
    // bash expands the words of `compgen -W`.
    case .bash?: return word.shellWord
    // zsh's `_describe` takes what is behind a colon as the note.
    case .zsh?:
      let plain = word.escaped(["\\": "\\\\", ":": "\\:"])
      return note.isEmpty ? plain : "\(plain):\(note)"
    case .fish?: return note.isEmpty ? word : "\(word)\t\(note)"
    default: return word
    }
  }
}

/// The command line that is completed.
struct CompletionRequest: Equatable {
  /// Without quotes and backslashes.
  let words: [String]
  /// The index of the word that is completed.
  let index: Int

  init(_ words: [String], at index: Int) {
    self.words = words.map(Self.unquoted)
    self.index = index
  }

  /// The word before the one that is completed.
  var previous: String? { words.indices.contains(index - 1) ? words[index - 1] : nil }

  /// The value of an option, at any position.
  func value(of option: String) -> String? {
    for (place, word) in words.enumerated() where place != index {
      if word == option, words.indices.contains(place + 1) { return words[place + 1] }
      if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }

  /// Removes quotes and backslashes, as far as names need it; expansions are left as they are.
  private static func unquoted(_ word: String) -> String {
    var text = ""
    var quote: Character?
    var isEscaped = false
    for character in word {
      if isEscaped {
        text.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { text.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else {
        text.append(character)
      }
    }
    return text
  }
}
