// SPDX-License-Identifier: MIT

/// Up to 64 elements at places that are numbered from 0, each changed in place.
///
/// The memory belongs to the caller, so that the owner of the array stays small: the compiler passes a value as
/// a copy to a call that does not change it, however large it is.
@safe
@frozen
public struct InPlaceArray<Element: ~Copyable>: ~Copyable {
  // Safety: the memory outlives the array, and places whose bit is not set are not read.
  @usableFromInline let memory: UnsafeMutablePointer<Element>
  @usableFromInline let capacity: Int
  /// One bit for each occupied place.
  @usableFromInline var taken: UInt64 = 0

  /// - Parameters:
  ///   - memory: `byteCount(capacity)` bytes, aligned for a pointer, for these places alone.
  ///   - capacity: at most 64.
  @inlinable
  public init(in memory: UnsafeMutableRawPointer, capacity: Int) {
    unsafe self.memory = memory.bindMemory(to: Element.self, capacity: capacity)
    self.capacity = capacity
  }

  @inlinable
  public static func byteCount(_ capacity: Int) -> Int { capacity * MemoryLayout<Element>.stride }

  /// Returns true if there is an element at the place.
  @inlinable
  public func has(_ place: Int) -> Bool {
    place >= 0 && place < capacity && taken >> UInt64(place) & 1 == 1
  }

  /// The first place from `place` on that has an element; nil if there is none.
  @inlinable
  public func next(from place: Int) -> Int? {
    guard place < capacity else { return nil }
    let rest = taken >> UInt64(place)
    return rest == 0 ? nil : place + rest.trailingZeroBitCount
  }

  /// The element at an occupied place.
  @inlinable
  public subscript(place: Int) -> Element {
    unsafeAddress {
      precondition(has(place))
      return unsafe UnsafePointer(memory + place)
    }
    unsafeMutableAddress {
      precondition(has(place))
      return unsafe memory + place
    }
  }

  /// Puts an element at a place below the capacity, and replaces any that is there.
  @inlinable
  public mutating func put(_ element: consuming Element, at place: Int) {
    precondition(place >= 0 && place < capacity)
    remove(at: place)
    unsafe (memory + place).initialize(to: element)
    taken |= 1 << UInt64(place)
  }

  @inlinable
  public mutating func remove(at place: Int) {
    guard has(place) else { return }
    unsafe (memory + place).deinitialize(count: 1)
    taken &= ~(1 << UInt64(place))
  }
}
