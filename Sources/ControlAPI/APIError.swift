// SPDX-License-Identifier: MIT

/// The reason why a request was refused: the body of every error response.
public struct APIError: Codable, Equatable, Error, Sendable, CustomStringConvertible {
  /// The error, as one sentence.
  public var reason: String
  /// How to fix it; empty if that is not known.
  public var hint: String

  public init(reason: String, hint: String = "") {
    self.reason = reason
    self.hint = hint
  }

  public var description: String { hint.isEmpty ? reason : "\(reason); \(hint)" }
}
