// SPDX-License-Identifier: MIT
public import MediaClock

/// When the receive thread's timer runs out: what a stream that breaks off needs, and sockets that nobody waits for.
///
/// To set a timer costs a system call, and one that runs out a wake-up. So it stays as it is while packets come, and is
/// set anew when it has run out, by what is known then; before that only if it would run out before the next packets
/// come, and need not any more.
public struct LookTimer: BitwiseCopyable {
  // In nanoseconds.
  private static var least: Int64 { @_noLocks @_noAllocation get { 1_000_000 } }
  private static var most: Int64 { @_noLocks @_noAllocation get { 5_000_000 } }

  /// When it runs out; nil if it has, or was never set.
  public private(set) var end: MonotonicInstant?

  @_noLocks @_noAllocation
  public init() {}

  /// It has run out.
  @_noLocks @_noAllocation
  public mutating func runOut() { end = nil }

  /// Returns when the timer shall run out from now on; nil if it may stay as it is.
  ///
  /// - Parameters:
  ///   - look: when streams must be looked at that have broken off, not sooner than in a millisecond.
  ///   - limit: when sockets must be asked that nobody waits for, however soon.
  ///   - packetTime: in which the next packets come.
  @_noLocks @_noAllocation
  public mutating func set(
    look: MonotonicInstant?, limit: MonotonicInstant?, packetTime: Interval,
    at now: MonotonicInstant
  ) -> MonotonicInstant? {
    var due: MonotonicInstant?
    if let look { due = max(now + Interval(nanoseconds: LookTimer.least), look) }
    if let limit { due = min(due ?? limit, limit) }
    guard let due else { return nil }
    let sought = min(due, now + Interval(nanoseconds: LookTimer.most))
    if let end, end <= sought {
      let next = now + Interval(nanoseconds: packetTime.nanoseconds * 5 / 4)
      guard end < next, next <= sought else { return nil }
    }
    end = sought
    return sought
  }
}
