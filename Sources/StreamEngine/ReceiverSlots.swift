// SPDX-License-Identifier: MIT

/// The receivers by their places, each changed where it lies: a receiver is large, and none is ever copied.
@safe
struct ReceiverSlots: ~Copyable {
  static let capacity = 64
  static var byteCount: Int { capacity * MemoryLayout<Receiver>.stride }

  // Safety: the memory outlives the slots, and places whose bit is not set are not read.
  private let places: UnsafeMutablePointer<Receiver>
  private(set) var taken = PlaceSet(capacity: capacity)

  /// - Parameter memory: `byteCount` bytes, aligned for a pointer, for these slots alone.
  init(in memory: UnsafeMutableRawPointer) {
    unsafe places = memory.bindMemory(to: Receiver.self, capacity: Self.capacity)
  }

  /// The receiver at a place that has one.
  subscript(index: Int) -> Receiver {
    @_noLocks @_noAllocation unsafeAddress {
      precondition(taken.has(index))
      return unsafe UnsafePointer(places + index)
    }
    @_noLocks @_noAllocation unsafeMutableAddress {
      precondition(taken.has(index))
      return unsafe places + index
    }
  }

  /// Puts a receiver at a place, whatever was there.
  @_noLocks @_noAllocation
  mutating func put(_ receiver: consuming Receiver, at index: Int) {
    remove(at: index)
    unsafe (places + index).initialize(to: receiver)
    taken.insert(index)
  }

  @_noLocks @_noAllocation
  mutating func remove(at index: Int) {
    guard taken.has(index) else { return }
    unsafe (places + index).deinitialize(count: 1)
    taken.remove(index)
  }
}
