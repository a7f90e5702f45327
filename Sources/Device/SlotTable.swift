// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import ControlAPI

/// Which places in the device's table of clients are taken: playback first, then capture.
///
/// A playback slot stays taken after its client, with its memory, until the media side gives it back.
struct SlotTable {
  static let playback = 0..<Int(AES67_PLAYBACK_SLOTS)
  static let capture = Int(AES67_PLAYBACK_SLOTS)..<Int(AES67_CLIENT_SLOTS)

  private var taken = [Bool](repeating: false, count: Int(AES67_CLIENT_SLOTS))
  private var retiring: [Int: ClientMemory] = [:]

  var hasRetiring: Bool { !retiring.isEmpty }

  func hasFree(_ direction: ClientStatus.Direction) -> Bool { firstFree(direction) != nil }

  private func firstFree(_ direction: ClientStatus.Direction) -> Int? {
    let range = direction == .playback ? Self.playback : Self.capture
    return range.first { !taken[$0] }
  }

  mutating func take(_ direction: ClientStatus.Direction) -> Int? {
    guard let slot = firstFree(direction) else { return nil }
    taken[slot] = true
    return slot
  }

  mutating func free(_ slot: Int) {
    taken[slot] = false
  }

  /// Keeps the memory of a client that is gone until ``release(_:)``.
  mutating func retire(_ slot: Int, _ memory: ClientMemory) {
    retiring[slot] = memory
  }

  mutating func release(_ slot: Int) {
    guard retiring.removeValue(forKey: slot) != nil else { return }
    taken[slot] = false
  }
}
