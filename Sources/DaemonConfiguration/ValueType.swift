// SPDX-License-Identifier: MIT

/// The values of an attribute as data: for messages, manual pages, the API's description and options.
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
  /// Words for nil, such as `auto` or `any`.
  package let words: [String]
  /// The maximum number of characters of a text; nil if it is limited otherwise.
  package let maximumLength: Int?
  /// The unit, such as `frames`; empty if the value includes its unit, or has none.
  package let unit: String
  /// The allowed values, to end the sentence "expected ...".
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
