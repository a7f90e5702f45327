// SPDX-License-Identifier: MIT
internal import Synchronization

/// Carries a value that cannot be copied into the thread that will own it.
///
/// Unlike ``Owned``, whose holders share the value, it gives the value away.
public final class Handover<Value: ~Copyable>: Sendable {
  private let value: Mutex<Value?>

  public init(_ value: consuming sending Value) {
    self.value = Mutex(consume value)
  }

  /// The value. To be called once; a second call is a mistake of the program and ends it.
  public func take() -> sending Value {
    value.withLock { value in
      guard let taken = value.take() else { preconditionFailure("taken twice") }
      return taken
    }
  }
}
