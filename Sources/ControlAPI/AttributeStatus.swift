// SPDX-License-Identifier: MIT

/// One attribute of a sender or receiver, with what holds: an element of the answer of `/v1/senders/ID/attributes`.
public struct AttributeStatus: Codable, Equatable, Sendable {
  /// As in the configuration file, such as `packet-time`.
  public var key: String
  /// As the file would say it.
  public var value: String
  /// What the key takes, in words.
  public var expected: String
  public var summary: String

  public init(key: String, value: String, expected: String, summary: String) {
    self.key = key
    self.value = value
    self.expected = expected
    self.summary = summary
  }
}
