// SPDX-License-Identifier: MIT

/// What values an attribute takes, as data: for messages, manual pages, the API's description and options.
package struct ValueType: Equatable, Sendable {
  package enum Form: Equatable, Sendable {
    case integer(ClosedRange<Int>)
    case boolean
    /// One of these words.
    case word([String])
    case text
    /// A count, or a list of device channels.
    case channels(Int)
  }

  package let form: Form
  /// Words that stand for no value in particular, such as `auto` or `any`.
  package let words: [String]
  /// The greatest number of characters of a text; nil where that is bounded otherwise.
  package let maximumLength: Int?
  /// Such as `frames`; empty where the value says its unit itself, or has none.
  package let unit: String
  /// What is allowed, to end the sentence "expected ...".
  package let expected: String

  package init(
    _ form: Form, words: [String] = [], unit: String = "", expected: String? = nil,
    maximumLength: Int? = nil
  ) {
    self.maximumLength = maximumLength
    self.form = form
    self.words = words
    self.unit = unit
    self.expected = expected ?? Self.expected(form, words, unit)
  }

  private static func expected(_ form: Form, _ words: [String], _ unit: String) -> String {
    let others = words.map { " or \($0)" }.joined()
    switch form {
    case .integer(let range):
      let measure = unit.isEmpty ? "" : " \(unit)"
      return "\(range.lowerBound) to \(range.upperBound)\(measure)\(others)"
    case .boolean: return "true or false"
    case .word(let all): return "one of \(all.joined(separator: ", "))"
    case .text: return "text\(others)"
    case .channels(let count):
      return "a number of channels, 1 to \(count), or a list of device channels"
    }
  }
}
