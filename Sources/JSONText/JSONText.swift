// SPDX-License-Identifier: MIT
internal import FoundationEssentials

/// Values as JSON in this project's form: sorted keys, and slashes without escapes.
package enum JSONText {
  /// Indented JSON with a line break at the end.
  package static func pretty(_ value: some Encodable) throws -> String {
    try encoded(value, [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]) + "\n"
  }

  /// JSON on one line, without a line break.
  package static func line(_ value: some Encodable) throws -> String {
    try encoded(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func encoded(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
