// SPDX-License-Identifier: MIT
public import MediaClock

/// What has passed between this clock and the master that it follows, since it was chosen: from this follows why it
/// cannot be locked to.
public struct FollowingRecord: Hashable, Sendable, BitwiseCopyable {
  public internal(set) var since: MonotonicInstant
  /// Announce of the parent.
  public internal(set) var announces: UInt64 = 0
  /// Sync of the parent; those of two steps among them.
  public internal(set) var syncs: UInt64 = 0
  public internal(set) var twoStepSyncs: UInt64 = 0
  /// Sync, with their Follow_Up where they have one, that became a measurement.
  public internal(set) var measurements: UInt64 = 0
  /// Delay_Req that left, since the last answer.
  public internal(set) var unanswered: UInt64 = 0
  /// When the first of those left.
  public internal(set) var unansweredSince: MonotonicInstant?
  /// Delay_Resp of the parent to us.
  public internal(set) var answers: UInt64 = 0
  /// Pdelay_Req of the parent: it measures by peer delay.
  public internal(set) var peerRequests: UInt64 = 0

  init(since: MonotonicInstant) { self.since = since }

  mutating func asked(at now: MonotonicInstant) {
    unanswered += 1
    if unansweredSince == nil { unansweredSince = now }
  }

  mutating func answered() {
    answers += 1
    unanswered = 0
    unansweredSince = nil
  }
}

/// Another clock that has our identity, or our own messages that come back.
public struct Lookalike: Hashable, Sendable, BitwiseCopyable {
  /// From where the last of its messages came.
  public internal(set) var peer: Peer
  /// How many came in a row, each soon after the one before.
  public internal(set) var messages: UInt64
  public internal(set) var lastHeard: MonotonicInstant

  /// After so long without a message, it is gone.
  public static let timeout: Interval = .seconds(20)
}
