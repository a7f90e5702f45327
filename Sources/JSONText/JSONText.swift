// SPDX-License-Identifier: MIT
internal import FoundationEssentials

/// Values as JSON, in the one form that this project writes: sorted keys, and slashes as they are.
package enum JSONText {
  /// Indented for people, with a line break at the end.
  package static func pretty(_ value: some Encodable) throws -> String {
    try encoded(value, [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]) + "\n"
  }

  /// In one line, without a line break.
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
