// SPDX-License-Identifier: MIT
import RealTime
import Testing

@Suite("InPlaceArray: elements that are changed in place")
struct InPlaceArrayTests {
  /// The number of elements that exist.
  private final class Tally { var count = 0 }

  private struct Item: ~Copyable {
    let tally: Tally
    var number: Int

    init(_ tally: Tally, _ number: Int) {
      self.tally = tally
      self.number = number
      tally.count += 1
    }

    deinit { tally.count -= 1 }
  }

  private func withArray(_ capacity: Int, _ body: (inout InPlaceArray<Item>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: InPlaceArray<Item>.byteCount(capacity), alignment: MemoryLayout<Int>.alignment)
    defer { unsafe memory.deallocate() }
    var places = unsafe InPlaceArray<Item>(in: memory, capacity: capacity)
    body(&places)
  }

  private func taken(_ places: borrowing InPlaceArray<Item>) -> [Int] {
    var found: [Int] = []
    var next = places.next(from: 0)
    while let place = next {
      found.append(place)
      next = places.next(from: place + 1)
    }
    return found
  }

  @Test("Elements are put, found, changed, replaced and removed", arguments: [16, 64])
  func life(capacity: Int) {
    let tally = Tally()
    withArray(capacity) { places in
      #expect(taken(places) == [])
      for place in [0, 7, capacity - 1] { places.put(Item(tally, place), at: place) }
      #expect(taken(places) == [0, 7, capacity - 1])
      #expect(places.next(from: 8) == capacity - 1)
      #expect(places.next(from: capacity) == nil)
      #expect(!places.has(-1) && !places.has(1) && !places.has(capacity))
      places[7].number += 100
      #expect(places[7].number == 107)
      places.put(Item(tally, 8), at: 7)
      #expect(places[7].number == 8)
      #expect(tally.count == 3)
      places.remove(at: 7)
      places.remove(at: 7)
      #expect(taken(places) == [0, capacity - 1])
      #expect(tally.count == 2)
      for place in [0, capacity - 1] { places.remove(at: place) }
      #expect(taken(places) == [])
      #expect(tally.count == 0)
    }
  }
}
