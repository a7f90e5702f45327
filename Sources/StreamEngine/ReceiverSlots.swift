// SPDX-License-Identifier: MIT

/// The receivers by their places, each changed where it lies: a receiver is large, and none is ever copied.
@safe
struct ReceiverSlots: ~Copyable {
  static var capacity: Int { @_noLocks @_noAllocation get { 64 } }
  static var byteCount: Int { capacity * MemoryLayout<Receiver>.stride }

  // Safety: the memory outlives the slots, and places whose bit is not set are not read.
  private let places: UnsafeMutablePointer<Receiver>
  /// A bit for each place that has a receiver.
  private var taken: UInt64 = 0

  /// - Parameter memory: `byteCount` bytes, aligned for a pointer, for these slots alone.
  init(in memory: UnsafeMutableRawPointer) {
    unsafe places = memory.bindMemory(to: Receiver.self, capacity: Self.capacity)
  }

  /// Whether there is a receiver at the place.
  @_noLocks @_noAllocation
  func has(_ index: Int) -> Bool {
    index >= 0 && index < ReceiverSlots.capacity && taken >> UInt64(index) & 1 == 1
  }

  /// The first place from `index` on that has a receiver; `capacity` when there is none.
  @_noLocks @_noAllocation
  func next(from index: Int) -> Int {
    guard index < ReceiverSlots.capacity else { return ReceiverSlots.capacity }
    return min(index + (taken >> UInt64(index)).trailingZeroBitCount, ReceiverSlots.capacity)
  }

  /// The receiver at a place that has one.
  subscript(index: Int) -> Receiver {
    @_noLocks @_noAllocation unsafeAddress {
      precondition(has(index))
      return unsafe UnsafePointer(places + index)
    }
    @_noLocks @_noAllocation unsafeMutableAddress {
      precondition(has(index))
      return unsafe places + index
    }
  }

  /// Puts a receiver at a place, whatever was there.
  @_noLocks @_noAllocation
  mutating func put(_ receiver: consuming Receiver, at index: Int) {
    remove(at: index)
    unsafe (places + index).initialize(to: receiver)
    taken |= 1 << UInt64(index)
  }

  @_noLocks @_noAllocation
  mutating func remove(at index: Int) {
    guard has(index) else { return }
    unsafe (places + index).deinitialize(count: 1)
    taken &= ~(1 << UInt64(index))
  }
}
