// SPDX-License-Identifier: MIT

/// Why an operation was refused, for whoever asked for it: what is wrong and what to do about it.
package struct OperationError: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// What is asked for is not there.
    case unknown
    /// A value is not allowed.
    case wrong
    /// It does not fit what there is.
    case conflict
    /// Only the configuration file may say that.
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

  /// Nothing has that name or id.
  package static func unknown(_ kind: String, _ name: String, among names: [String]) -> Self {
    let known = names.isEmpty ? "there are none" : "available: \(names.joined(separator: ", "))"
    return OperationError(.unknown, "there is no \(kind) \(name)", hint: known)
  }
}
