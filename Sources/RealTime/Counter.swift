// SPDX-License-Identifier: MIT
public import Synchronization

/// A count that one real-time thread increments and any thread may read.
///
/// It has one writer, so that an increment is a load and a store, not a locked instruction.
@frozen
public struct Counter: ~Copyable, Sendable {
  @usableFromInline let value = Atomic<UInt64>(0)

  @inlinable
  public init() {}

  @inlinable
  public var count: UInt64 { @_noLocks @_noAllocation get { value.load(ordering: .relaxed) } }

  @inlinable @_noLocks @_noAllocation
  public func add() { add(1) }

  @inlinable @_noLocks @_noAllocation
  public func add(_ amount: Int) {
    let sum = value.load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: amount)
    value.store(sum, ordering: .relaxed)
  }

  @inlinable @_noLocks @_noAllocation
  public func set(_ amount: UInt64) { value.store(amount, ordering: .relaxed) }
}
