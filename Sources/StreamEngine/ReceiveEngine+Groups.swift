// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// Groups: receivers that share one link offset, so that their channels stay in phase (LNK-01).
///
/// The offset is the greatest that a member needs. It changes in all members at the same device frame,
/// late enough that what is heard from then on at the new offset is still to come.
// Loops count by hand: a range would allocate in a debug build.
extension ReceiveEngine {
  /// Gives every group the offset that its members need now.
  // Bounded: 64 x 64 at most, and only after something has changed.
  @_noLocks @_noAllocation
  mutating func shareOffsets() {
    hasNewWishes = false
    var leader = 0
    while leader < receiverLimit {
      if isLeader(leader) { shareOffset(leader) }
      leader += 1
    }
  }

  /// Whether the receiver is the first of its group.
  @_noLocks @_noAllocation
  private func isLeader(_ index: Int) -> Bool {
    guard receivers[index] != nil else { return false }
    var other = 0
    while other < index {
      if isMember(index, of: other) { return false }
      other += 1
    }
    return true
  }

  /// Whether receiver `index` shares its offset with receiver `leader`.
  @_noLocks @_noAllocation
  private func isMember(_ index: Int, of leader: Int) -> Bool {
    guard let receiver = receivers[index], let other = receivers[leader] else { return false }
    if index == leader { return true }
    guard let group = receiver.settings.group, let its = other.settings.group else { return false }
    return group == its
  }

  @_noLocks @_noAllocation
  private mutating func shareOffset(_ leader: Int) {
    var needed: Int64 = 0
    var present: Int64 = 0
    var index = leader
    while index < receiverLimit {
      if isMember(index, of: leader), let receiver = receivers[index] {
        if receiver.crossover != nil {
          hasNewWishes = true
          return
        }
        needed = max(needed, receiver.wantedOffset)
        // A newcomer without a wish takes what the others have.
        if receiver.isSettled || present == 0 { present = receiver.linkOffset }
      }
      index += 1
    }
    let offset = needed > 0 ? needed : present
    let start = changeFrame(leader, offset)
    index = leader
    while index < receiverLimit {
      if isMember(index, of: leader) {
        receivers[index]?.change(to: offset, from: start, at: moment, in: ring)
        receivers[index]?.isSettled = true
      }
      index += 1
    }
  }

  /// The first frame in which a group's new offset can be heard.
  @_noLocks @_noAllocation
  private func changeFrame(_ leader: Int, _ offset: Int64) -> DeviceFrame {
    var start = moment.playHead + 1
    var index = leader
    while index < receiverLimit {
      if isMember(index, of: leader), let receiver = receivers[index], receiver.tracker.isStarted {
        start = max(start, receiver.sampledEnd + offset)
      }
      index += 1
    }
    return min(start, ring.end + -Crossover.length)
  }
}
