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

/// A bounded queue from one thread to another, without locks. Through it the control side changes objects that
/// a media thread owns, and that thread returns objects to be freed.
///
/// Both ends hold a copy of this value; only one thread may call `push`, and only one other `pop`.
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

  /// Appends an element. Returns false if the queue is full.
  @inlinable
  public func push(_ element: Element) -> Bool {
    let pushed = unsafe positions.pointee.pushed.load(ordering: .relaxed)
    let popped = unsafe positions.pointee.popped.load(ordering: .acquiring)
    guard pushed &- popped < capacity else { return false }
    unsafe (slots + pushed % capacity).initialize(to: element)
    unsafe positions.pointee.pushed.store(pushed &+ 1, ordering: .releasing)
    return true
  }

  /// Removes and returns the oldest element; nil if there is none.
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
