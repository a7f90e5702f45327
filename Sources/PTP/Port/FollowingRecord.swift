// SPDX-License-Identifier: MIT
public import MediaClock

/// The messages exchanged with the master since it was selected, from which the diagnosis finds why there is no
/// lock.
public struct FollowingRecord: Hashable, Sendable, BitwiseCopyable {
  public internal(set) var since: MonotonicInstant
  /// Announces of the parent.
  public internal(set) var announces: UInt64 = 0
  /// Syncs of the parent, including two-step ones.
  public internal(set) var syncs: UInt64 = 0
  public internal(set) var twoStepSyncs: UInt64 = 0
  /// Syncs that became a measurement, with their Follow_Up if they need one.
  public internal(set) var measurements: UInt64 = 0
  /// Delay_Req that were sent since the last answer.
  public internal(set) var unanswered: UInt64 = 0
  /// The time at which the first of those was sent.
  public internal(set) var unansweredSince: MonotonicInstant?
  /// Delay_Resp of the parent for this clock.
  public internal(set) var answers: UInt64 = 0
  /// Pdelay_Req of the parent, which measures by peer delay.
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

/// Another clock with our identity, or our own messages that are received.
public struct Lookalike: Hashable, Sendable, BitwiseCopyable {
  /// The source of its last message.
  public internal(set) var peer: Peer
  /// The number of messages in a row, each soon after the previous one.
  public internal(set) var messages: UInt64
  public internal(set) var lastHeard: MonotonicInstant

  /// The time without a message after which it is gone.
  public static let timeout: Interval = .seconds(20)
}
