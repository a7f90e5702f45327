// SPDX-License-Identifier: MIT
internal import MediaClock

/// A master on the network (9.3.2.4).
struct ForeignMaster: Sendable {
  var identity: PortIdentity
  var announce: Announce
  var flags: Flags
  var sequenceId: UInt16
  /// The interval of its Announces in log2 seconds, as it states, within limits.
  var logAnnounceInterval: Int
  var lastHeard: MonotonicInstant
  /// The Announce before the last one; nil if there was only one.
  var heardBefore: MonotonicInstant?

  /// Returns true after two Announces within four intervals (FOREIGN_MASTER_THRESHOLD,
  /// FOREIGN_MASTER_TIME_WINDOW).
  func isQualified(at now: MonotonicInstant, logAnnounceInterval ours: Int) -> Bool {
    guard let heardBefore else { return false }
    return now - heardBefore <= window(ours)
  }

  /// Returns true if it is neither qualified nor about to be.
  func isForgotten(at now: MonotonicInstant, logAnnounceInterval ours: Int) -> Bool {
    now - lastHeard > window(ours)
  }

  /// The time window, by the longer of its interval and ours, so that a slow master is not dropped (BMC-07).
  private func window(_ ours: Int) -> Interval {
    Interval(logSeconds: max(ours, logAnnounceInterval)) * 4
  }
}

/// The masters that were received lately. Their number is limited: a flood of Announces costs no memory, and
/// cannot displace a master that has qualified.
struct ForeignMasters: Sendable {
  static let capacity = 16

  private(set) var masters: [ForeignMaster] = []

  /// The result of taking an Announce.
  enum Outcome {
    case heard
    case repeated
    case full
  }

  /// Takes an Announce. `parent` is never displaced.
  mutating func hear(
    _ announce: Announce, _ header: Header, at now: MonotonicInstant, logAnnounceInterval ours: Int,
    parent: PortIdentity?
  ) -> Outcome {
    let log = header.announceLogInterval ?? ours
    if let index = masters.firstIndex(where: { $0.identity == header.sourcePortIdentity }) {
      // A small step backwards is a late copy; a large one is a master that has restarted.
      let ahead = Int16(bitPattern: header.sequenceId &- masters[index].sequenceId)
      guard ahead > 0 || ahead < -8 else { return .repeated }
      masters[index].heardBefore = masters[index].lastHeard
      masters[index].lastHeard = now
      masters[index].announce = announce
      masters[index].flags = header.flags
      masters[index].sequenceId = header.sequenceId
      masters[index].logAnnounceInterval = log
      return .heard
    }
    if masters.count >= Self.capacity {
      masters.removeAll {
        $0.identity != parent && $0.isForgotten(at: now, logAnnounceInterval: ours)
      }
    }
    if masters.count >= Self.capacity {
      let unqualified = masters.indices.filter {
        masters[$0].heardBefore == nil && masters[$0].identity != parent
      }
      guard let oldest = unqualified.min(by: { masters[$0].lastHeard < masters[$1].lastHeard })
      else { return .full }
      masters.remove(at: oldest)
    }
    masters.append(
      ForeignMaster(
        identity: header.sourcePortIdentity, announce: announce, flags: header.flags,
        sequenceId: header.sequenceId, logAnnounceInterval: log, lastHeard: now))
    return .heard
  }

  mutating func forget(_ identity: PortIdentity) { masters.removeAll { $0.identity == identity } }

  subscript(identity: PortIdentity) -> ForeignMaster? {
    masters.first { $0.identity == identity }
  }

  /// Erbest: the best of the qualified masters (9.3.2.2). The parent stays qualified until its timeout.
  func best(
    at now: MonotonicInstant, receiver: PortIdentity, logAnnounceInterval ours: Int,
    parent: PortIdentity?
  ) -> ForeignMaster? {
    var best: (master: ForeignMaster, rank: Rank)?
    for master in masters
    where master.identity == parent || master.isQualified(at: now, logAnnounceInterval: ours) {
      let rank = Rank(master.announce, from: master.identity, at: receiver)
      if let current = best, !rank.compared(to: current.rank).isBetter { continue }
      best = (master, rank)
    }
    return best?.master
  }
}

extension Header {
  /// The interval that a master states in an Announce; nil if it is impossible (PTP-01).
  var announceLogInterval: Int? {
    (-3...4).contains(logMessageInterval) ? Int(logMessageInterval) : nil
  }
}
