// SPDX-License-Identifier: MIT

/// Up to 64 elements by their places, which are numbered from 0, each changed where it lies.
///
/// The memory is somebody else's, so that whoever has places stays small: the compiler hands a value to a
/// call that does not change it as a copy, however large it is.
@safe
@frozen
public struct InPlaceArray<Element: ~Copyable>: ~Copyable {
  // Safety: the memory outlives the places, and those whose bit is not set are not read.
  @usableFromInline let memory: UnsafeMutablePointer<Element>
  @usableFromInline let capacity: Int
  /// A bit for each place that is taken.
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

  /// The first place from `place` on that has an element; nil when there is none.
  @inlinable
  public func next(from place: Int) -> Int? {
    guard place < capacity else { return nil }
    let rest = taken >> UInt64(place)
    return rest == 0 ? nil : place + rest.trailingZeroBitCount
  }

  /// The element at a place that has one.
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

  /// Puts an element at a place below the capacity, whatever was there.
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
