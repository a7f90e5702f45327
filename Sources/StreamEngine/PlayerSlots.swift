// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import MediaClock

/// A program that plays, or that has gone and whose last frames still do.
struct Player: BitwiseCopyable {
  var source: PlaybackSource
  /// Set once it has gone: its place is given back then at the latest.
  var limit: DeviceFrame?

  @_noLocks @_noAllocation
  init(_ source: PlaybackSource) { self.source = source }
}

/// The programs by their places, each changed where it lies, as receivers are.
@safe
struct PlayerSlots: ~Copyable {
  static let capacity = Int(AES67_PLAYBACK_SLOTS)
  static var byteCount: Int { capacity * MemoryLayout<Player>.stride }

  // Safety: the memory outlives the slots, and places that are not taken are not read.
  private let places: UnsafeMutablePointer<Player>
  private(set) var taken = PlaceSet(capacity: capacity)

  /// - Parameter memory: `byteCount` bytes, aligned for a pointer, for these slots alone.
  init(in memory: UnsafeMutableRawPointer) {
    unsafe places = memory.bindMemory(to: Player.self, capacity: Self.capacity)
  }

  /// The player at a place that has one.
  subscript(index: Int) -> Player {
    @_noLocks @_noAllocation unsafeAddress {
      precondition(taken.has(index))
      return unsafe UnsafePointer(places + index)
    }
    @_noLocks @_noAllocation unsafeMutableAddress {
      precondition(taken.has(index))
      return unsafe places + index
    }
  }

  /// Puts a player at a place, whatever was there.
  @_noLocks @_noAllocation
  mutating func put(_ player: Player, at index: Int) {
    taken.insert(index)
    unsafe places[index] = player
  }

  @_noLocks @_noAllocation
  mutating func remove(at index: Int) { taken.remove(index) }
}
