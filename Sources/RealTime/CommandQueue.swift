// SPDX-License-Identifier: MIT
public import Synchronization

/// The two positions of a queue, each written by one side.
@frozen
public struct QueuePositions: ~Copyable {
  @usableFromInline let pushed = Atomic<Int>(0)
  @usableFromInline let popped = Atomic<Int>(0)

  @inlinable
  public init() {}
}

/// A bounded queue from one thread to one other, without locks: how the control side changes what a
/// media thread owns, and how that thread gives things back to be freed elsewhere.
///
/// Both ends hold a copy of this value; only one may call `push`, only one other `pop`.
@safe
@frozen
public struct CommandQueue<Element: BitwiseCopyable>: @unchecked Sendable {
  // Safety: both outlive the queue; `slots` has room for `capacity` elements, each of which belongs to
  // the pushing side until `pushed` passes it and to the popping side until `popped` does.
  @usableFromInline let positions: UnsafePointer<QueuePositions>
  @usableFromInline let slots: UnsafeMutablePointer<Element>
  @usableFromInline let capacity: Int

  /// - Parameter capacity: at least 1.
  @inlinable
  public init(
    positions: UnsafePointer<QueuePositions>, slots: UnsafeMutablePointer<Element>, capacity: Int
  ) {
    unsafe self.positions = unsafe positions
    unsafe self.slots = unsafe slots
    self.capacity = capacity
  }

  /// False when the queue is full.
  @inlinable
  public func push(_ element: Element) -> Bool {
    let pushed = unsafe positions.pointee.pushed.load(ordering: .relaxed)
    let popped = unsafe positions.pointee.popped.load(ordering: .acquiring)
    guard pushed &- popped < capacity else { return false }
    unsafe (slots + pushed % capacity).initialize(to: element)
    unsafe positions.pointee.pushed.store(pushed &+ 1, ordering: .releasing)
    return true
  }

  /// The oldest element, or nil when there is none.
  @inlinable
  public func pop() -> Element? {
    let popped = unsafe positions.pointee.popped.load(ordering: .relaxed)
    let pushed = unsafe positions.pointee.pushed.load(ordering: .acquiring)
    guard popped != pushed else { return nil }
    let element = unsafe slots[popped % capacity]
    unsafe positions.pointee.popped.store(popped &+ 1, ordering: .releasing)
    return element
  }
}
