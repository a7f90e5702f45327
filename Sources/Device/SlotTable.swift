// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import ControlAPI
internal import LinuxIO

/// The slots in the device's table of clients: playback first, then capture.
///
/// A playback slot stays taken after its client has ended, with its memory, until the media side returns it.
struct SlotTable {
  static let playback = 0..<Int(AES67_PLAYBACK_SLOTS)
  static let capture = Int(AES67_PLAYBACK_SLOTS)..<Int(AES67_CLIENT_SLOTS)

  /// The share of the streams of each direction. A single user's programs rarely play ten streams at once, and
  /// four slots are left for other users besides root's.
  static let share = UserShare(
    total: Int(AES67_PLAYBACK_SLOTS), perUser: 10, keptForRoot: 2)

  /// The user of each taken slot.
  private var users = [UInt32?](repeating: nil, count: Int(AES67_CLIENT_SLOTS))
  private var retiring: [Int: ClientMemory] = [:]

  var hasRetiring: Bool { !retiring.isEmpty }

  static func slots(_ direction: ClientStatus.Direction) -> Range<Int> {
    direction == .playback ? playback : capture
  }

  /// The user of each taken slot of a direction.
  func holders(_ direction: ClientStatus.Direction) -> [UInt32] {
    users[Self.slots(direction)].compactMap(\.self)
  }

  /// Returns true if `user` may have one more now.
  func hasFree(_ direction: ClientStatus.Direction, for user: UInt32) -> Bool {
    Self.share.verdict(for: user, among: holders(direction)) == .granted
  }

  /// Takes a slot; nil if no slot is free, or if `user` has reached the limit.
  mutating func take(_ direction: ClientStatus.Direction, for user: UInt32) -> Int? {
    guard hasFree(direction, for: user),
      let slot = Self.slots(direction).first(where: { users[$0] == nil })
    else { return nil }
    users[slot] = user
    return slot
  }

  mutating func free(_ slot: Int) {
    users[slot] = nil
  }

  /// Keeps the memory of a client that has ended until ``release(_:)``.
  mutating func retire(_ slot: Int, _ memory: ClientMemory) {
    retiring[slot] = memory
  }

  /// - Returns: the memory that was kept; nil if the slot was not retired.
  mutating func release(_ slot: Int) -> ClientMemory? {
    guard let memory = retiring.removeValue(forKey: slot) else { return nil }
    users[slot] = nil
    return memory
  }
}
