// SPDX-License-Identifier: MIT

/// Some of up to 64 places, which are numbered from 0.
struct PlaceSet: BitwiseCopyable {
  private let capacity: Int
  private var bits: UInt64 = 0

  /// - Parameter capacity: at most 64.
  @_noLocks @_noAllocation
  init(capacity: Int) { self.capacity = capacity }

  @_noLocks @_noAllocation
  func has(_ place: Int) -> Bool {
    place >= 0 && place < capacity && bits >> UInt64(place) & 1 == 1
  }

  /// The first from `place` on; nil when there is none.
  @_noLocks @_noAllocation
  func next(from place: Int) -> Int? {
    guard place < capacity else { return nil }
    let rest = bits >> UInt64(place)
    return rest == 0 ? nil : place + rest.trailingZeroBitCount
  }

  /// Adds a place below the capacity.
  @_noLocks @_noAllocation
  mutating func insert(_ place: Int) {
    precondition(place >= 0 && place < capacity)
    bits |= 1 << UInt64(place)
  }

  @_noLocks @_noAllocation
  mutating func remove(_ place: Int) {
    guard has(place) else { return }
    bits &= ~(1 << UInt64(place))
  }
}
