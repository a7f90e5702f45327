// SPDX-License-Identifier: MIT

/// Carries a value that cannot be copied to places that need copies: an array, an optional property, or a
/// closure that starts a thread.
///
/// The last reference ends the value.
public final class Owned<Value: ~Copyable> {
  public let value: Value

  public init(_ value: consuming Value) { self.value = value }
}

extension Owned: Sendable where Value: Sendable, Value: ~Copyable {}
