// SPDX-License-Identifier: MIT

/// The context that a value may need to be read, in addition to its own text.
package struct ReadingContext: Sendable {
  /// Returns the text of a file that a key names. The error ends the sentence "KEY: ...".
  package var file: @Sendable (_ path: String) throws(ValueError) -> String
  /// True if a description without any receivable stream is an error. It is for a request; a daemon starts all
  /// the same.
  package var isStrict = false

  package init(file: @escaping @Sendable (_ path: String) throws(ValueError) -> String) {
    self.file = file
  }

  /// The context of requests and saved state, in which nothing may name a file.
  package static let withoutFiles = {
    var context = ReadingContext { path throws(ValueError) in
      throw ValueError("\(path) was not read: only the configuration file may name files")
    }
    context.isStrict = true
    return context
  }()
}

/// Reads one kind of value from a node, and writes it as text that reads as the same value.
package struct Codec<Value>: Sendable {
  package let type: ValueType
  let read: @Sendable (Node, ReadingContext) throws(ValueError) -> Value
  let text: @Sendable (Value) -> String

  init(
    _ type: ValueType, text: @escaping @Sendable (Value) -> String,
    read: @escaping @Sendable (Node, ReadingContext) throws(ValueError) -> Value
  ) {
    self.type = type
    self.text = text
    self.read = read
  }

  /// A scalar that `parse` accepts; nil from `parse` refuses it.
  init(
    _ type: ValueType, text: @escaping @Sendable (Value) -> String,
    parse: @escaping @Sendable (String) -> Value?
  ) {
    self.init(type, text: text) { node, _ throws(ValueError) in
      let found = try type.scalar(node)
      guard let value = parse(found) else { throw type.refusal(of: found) }
      return value
    }
  }

  /// The same codec with a word for nil, such as `auto`.
  func or(_ word: String) -> Codec<Value?> {
    let type = ValueType(
      type.form, words: [word], unit: type.unit, expected: "\(type.expected) or \(word)",
      maximumLength: type.maximumLength)
    return Codec<Value?>(
      type, text: { $0.map(text) ?? word },
      read: { node, context throws(ValueError) in
        let found = try type.scalar(node)
        if found == word { return nil }
        do throws(ValueError) {
          return try read(node, context)
        } catch {
          // The refusal names the word, too.
          throw error == self.type.refusal(of: found) ? type.refusal(of: found) : error
        }
      })
  }
}

extension ValueType {
  /// The text of a scalar that is not empty.
  func scalar(_ node: Node) throws(ValueError) -> String {
    switch node.value {
    case .absent: throw ValueError("has no value; expected \(expected)")
    case .scalar(let text):
      guard !text.isEmpty else { throw ValueError("has no value; expected \(expected)") }
      return text
    case .sequence, .mapping: throw ValueError("expected \(expected), not \(node.kind)")
    }
  }

  func refusal(of text: String) -> ValueError {
    ValueError("\"\(text)\" is not allowed; expected \(expected)")
  }
}
