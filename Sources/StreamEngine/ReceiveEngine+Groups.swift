// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP
internal import RealTime

/// Groups: receivers that share one link offset, so that their channels stay in phase (LNK-01).
///
/// The offset is the greatest that a member needs. It changes in all members at the same device frame, which is
/// so late that the frames to be played at the new offset are still to arrive.
// Loops count by hand: a range would allocate in a debug build.
extension ReceiveEngine {
  /// Sets the link offset of every group to what its members need now.
  // Bounded by the square of the receivers, and only after something has changed.
  @_noLocks @_noAllocation
  mutating func shareOffsets() {
    hasNewRequests = false
    var index = receivers.next(from: 0)
    while let place = index {
      if isLeader(place) { shareOffset(place) }
      index = receivers.next(from: place + 1)
    }
  }

  /// Returns true if the receiver is the first of its group.
  @_noLocks @_noAllocation
  private func isLeader(_ index: Int) -> Bool { nextMember(of: index, from: 0) == index }

  /// The first place from `index` on whose receiver shares its offset with receiver `leader`, which itself is
  /// one; nil if there is none.
  @_noLocks @_noAllocation
  private func nextMember(of leader: Int, from index: Int) -> Int? {
    var index = receivers.next(from: index)
    while let place = index {
      if place == leader { return place }
      if let group = receivers[place].settings.group, group == receivers[leader].settings.group {
        return place
      }
      index = receivers.next(from: place + 1)
    }
    return nil
  }

  @_noLocks @_noAllocation
  private mutating func shareOffset(_ leader: Int) {
    var needed: Int64 = 0
    var present: Int64 = 0
    var index: Int? = leader
    while let place = index {
      if receivers[place].playout.isCrossingOver {
        hasNewRequests = true
        return
      }
      needed = max(needed, receivers[place].requestedOffset)
      // A new member without a request takes the offset of the others.
      if receivers[place].isSettled || present == 0 {
        present = receivers[place].playout.linkOffset
      }
      index = nextMember(of: leader, from: place + 1)
    }
    let offset = needed > 0 ? needed : present
    let start = changeFrame(leader, offset)
    index = leader
    while let place = index {
      receivers[place].change(to: offset, from: start, at: moment, in: ring)
      receivers[place].isSettled = true
      index = nextMember(of: leader, from: place + 1)
    }
  }

  /// The first frame in which a group's new offset can be audible.
  @_noLocks @_noAllocation
  private func changeFrame(_ leader: Int, _ offset: Int64) -> DeviceFrame {
    var start = moment.playHead + 1
    var index: Int? = leader
    while let place = index {
      if let end = receivers[place].sampledEnd { start = max(start, end + offset) }
      index = nextMember(of: leader, from: place + 1)
    }
    return min(start, ring.end - Crossover.length)
  }
}
