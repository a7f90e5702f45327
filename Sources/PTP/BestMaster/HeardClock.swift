// SPDX-License-Identifier: MIT
public import MediaClock

/// A clock that takes part in the election, by its Announces: another one, or this one.
public struct HeardClock: Hashable, Sendable {
  /// The values that the election compares.
  public var rank: Rank
  public var timeSource: UInt8
  /// The time of its last Announce; nil for this clock.
  public var lastHeard: MonotonicInstant?
  /// True if the election includes it: after enough Announces within the time window, or as the parent; this
  /// clock unless it is slave-only.
  public var isCandidate: Bool
  /// True if this clock follows it.
  public var isParent: Bool
  /// True if the best master clock algorithm selects it.
  public var wins = false

  public var isOwn: Bool { lastHeard == nil }
}

extension OrdinaryClock {
  /// The time after its last Announce for which another clock is listed.
  public static let heardFor = Interval.seconds(60)

  /// This clock and those that were received within ``heardFor``: candidates first, the best of them first.
  public func heardClocks(at now: MonotonicInstant) -> [HeardClock] {
    let own = HeardClock(
      rank: Rank(defaultDataSet), timeSource: settings.timeProperties(hostClock).timeSource,
      lastHeard: nil, isCandidate: !defaultDataSet.slaveOnly, isParent: false)
    let others = foreignMasters.masters.filter { now - $0.lastHeard <= Self.heardFor }.map {
      HeardClock(
        rank: Rank($0.announce, from: $0.identity, at: portIdentity),
        timeSource: $0.announce.timeSource, lastHeard: $0.lastHeard,
        isCandidate: $0.identity == parent
          || $0.isQualified(at: now, logAnnounceInterval: settings.logAnnounceInterval),
        isParent: $0.identity == parent)
    }
    var all = ([own] + others).sorted {
      $0.isCandidate != $1.isCandidate
        ? $0.isCandidate : $0.rank.compared(to: $1.rank).isBetter
    }
    if all[0].isCandidate { all[0].wins = true }
    return all
  }
}
