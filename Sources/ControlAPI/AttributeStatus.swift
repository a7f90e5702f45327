// SPDX-License-Identifier: MIT

/// One attribute of a sender or receiver with its value: an element of the answer of
/// `/v1/senders/ID/attributes`.
public struct AttributeStatus: Codable, Equatable, Sendable {
  /// The key of the configuration file, such as `packet-time`.
  public var key: String
  /// The value, as written in the configuration file.
  public var value: String
  /// The values that the key accepts, in words.
  public var expected: String
  public var summary: String

  public init(key: String, value: String, expected: String, summary: String) {
    self.key = key
    self.value = value
    self.expected = expected
    self.summary = summary
  }
}
