// SPDX-License-Identifier: MIT

/// The senders by their places, each changed where it lies, as receivers are.
@safe
struct SenderSlots: ~Copyable {
  static let capacity = 64
  static var byteCount: Int { capacity * MemoryLayout<Sender>.stride }

  // Safety: the memory outlives the slots, and places that are not taken are not read.
  private let places: UnsafeMutablePointer<Sender>
  private(set) var taken = PlaceSet(capacity: capacity)

  /// - Parameter memory: `byteCount` bytes, aligned for a pointer, for these slots alone.
  init(in memory: UnsafeMutableRawPointer) {
    unsafe places = memory.bindMemory(to: Sender.self, capacity: Self.capacity)
  }

  /// The sender at a place that has one.
  subscript(index: Int) -> Sender {
    @_noLocks @_noAllocation unsafeAddress {
      precondition(taken.has(index))
      return unsafe UnsafePointer(places + index)
    }
    @_noLocks @_noAllocation unsafeMutableAddress {
      precondition(taken.has(index))
      return unsafe places + index
    }
  }

  /// Puts a sender at a place, whatever was there.
  @_noLocks @_noAllocation
  mutating func put(_ sender: consuming Sender, at index: Int) {
    remove(at: index)
    unsafe (places + index).initialize(to: sender)
    taken.insert(index)
  }

  @_noLocks @_noAllocation
  mutating func remove(at index: Int) {
    guard taken.has(index) else { return }
    unsafe (places + index).deinitialize(count: 1)
    taken.remove(index)
  }
}
