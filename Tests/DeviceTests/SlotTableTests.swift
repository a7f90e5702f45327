// SPDX-License-Identifier: MIT
import ControlAPI
import LinuxIO
import Testing

@testable import Device

/// The slots of the device, shared by users (assault F4).
@Suite struct SlotTableTests {
  @Test(arguments: [ClientStatus.Direction.playback, .capture])
  func oneUserDoesNotLockOutOthers(direction: ClientStatus.Direction) {
    var slots = SlotTable()
    var taken: [Int] = []
    while let slot = slots.take(direction, for: 2001) { taken.append(slot) }
    #expect(taken.count == SlotTable.share.perUser)
    #expect(slots.take(direction, for: 2002) != nil)
    // A second user who takes all slots reaches neither those kept for root nor those of the other direction.
    while slots.take(direction, for: 2002) != nil {}
    #expect(slots.take(direction, for: 2003) == nil)
    #expect(slots.take(direction, for: 0) != nil && slots.take(direction, for: 0) != nil)
    #expect(slots.holders(direction).count == SlotTable.share.total)
    let other: ClientStatus.Direction = direction == .playback ? .capture : .playback
    #expect(slots.take(other, for: 2001) != nil)
    // A slot that is free again can be taken by an ordinary user.
    slots.free(taken[0])
    #expect(slots.take(direction, for: 2001) == taken[0])
  }

  /// A slot that still plays the last samples of a closed program counts for the program's user.
  @Test func aRetiringSlotCountsForItsUser() throws {
    var slots = SlotTable()
    var first: Int?
    while let slot = slots.take(.playback, for: 2001) { first = first ?? slot }
    let slot = try #require(first)
    slots.retire(slot, try ClientMemory(direction: .playback, channels: 1, firstChannel: 0))
    #expect(slots.take(.playback, for: 2001) == nil)
    #expect(slots.release(slot) != nil && slots.release(slot) == nil)
    #expect(slots.take(.playback, for: 2001) == slot)
  }
}
