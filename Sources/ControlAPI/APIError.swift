// SPDX-License-Identifier: MIT

/// Why a request was refused: the body of every answer that is no success.
public struct APIError: Codable, Equatable, Error, Sendable, CustomStringConvertible {
  /// What is wrong, in a sentence.
  public var reason: String
  /// What to do about it; empty where nobody knows.
  public var hint: String

  public init(reason: String, hint: String = "") {
    self.reason = reason
    self.hint = hint
  }

  public var description: String { hint.isEmpty ? reason : "\(reason); \(hint)" }
}
