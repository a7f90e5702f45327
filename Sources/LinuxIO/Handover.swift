// SPDX-License-Identifier: MIT
internal import Synchronization

/// Carries a value that cannot be copied to the thread that will own it.
///
/// Unlike ``Owned``, whose holders share the value, it passes the value on.
public final class Handover<Value: ~Copyable>: Sendable {
  private let value: Mutex<Value?>

  public init(_ value: consuming sending Value) {
    self.value = Mutex(consume value)
  }

  /// Returns the value. May be called once; a second call is a programming error and ends the program.
  public func take() -> sending Value {
    value.withLock { value in
      guard let taken = value.take() else { preconditionFailure("taken twice") }
      return taken
    }
  }
}
