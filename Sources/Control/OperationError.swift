// SPDX-License-Identifier: MIT

/// The reason why an operation was refused, and the remedy.
package struct OperationError: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// The requested object does not exist.
    case unknown
    /// A value is not allowed.
    case wrong
    /// The request conflicts with existing objects.
    case conflict
    /// Only the configuration file can set that.
    case forbidden
    /// It will be possible later.
    case unavailable
  }

  package let kind: Kind
  package let reason: String
  package let hint: String

  package init(_ kind: Kind, _ reason: String, hint: String) {
    self.kind = kind
    self.reason = reason
    self.hint = hint
  }

  /// No object has that name or id.
  package static func unknown(_ kind: String, _ name: String, among names: [String]) -> Self {
    let known = names.isEmpty ? "there are none" : "available: \(names.joined(separator: ", "))"
    return OperationError(.unknown, "there is no \(kind) \(name)", hint: known)
  }
}
