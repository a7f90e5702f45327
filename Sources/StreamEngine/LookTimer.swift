// SPDX-License-Identifier: MIT
public import MediaClock

/// The timer of the receive thread: for streams that stop, and for sockets that the thread does not wait for.
///
/// Setting a timer costs a system call, and a timer that expires costs a wake-up. The timer therefore stays as
/// it is while packets arrive, and is set again when it has expired. It is set again earlier only if it would
/// expire before the next packets arrive although it is no longer needed.
public struct LookTimer: BitwiseCopyable {
  // In nanoseconds.
  private static var least: Int64 { @_noLocks @_noAllocation get { 1_000_000 } }
  private static var longest: Int64 { @_noLocks @_noAllocation get { 5_000_000 } }

  /// The time at which it expires; nil if it has expired, or was never set.
  public private(set) var end: MonotonicInstant?

  @_noLocks @_noAllocation
  public init() {}

  /// Notes that it has expired.
  @_noLocks @_noAllocation
  public mutating func runOut() { end = nil }

  /// Returns the new time of expiry; nil if the timer can stay as it is.
  ///
  /// - Parameters:
  ///   - look: the time at which streams that have stopped must be checked, not sooner than in a millisecond.
  ///   - limit: the time at which sockets that the thread does not wait for must be read, however soon.
  ///   - packetTime: the time in which the next packets arrive.
  @_noLocks @_noAllocation
  public mutating func set(
    look: MonotonicInstant?, limit: MonotonicInstant?, packetTime: Interval,
    at now: MonotonicInstant
  ) -> MonotonicInstant? {
    var due: MonotonicInstant?
    if let look { due = max(now + Interval(nanoseconds: LookTimer.least), look) }
    if let limit { due = min(due ?? limit, limit) }
    guard let due else { return nil }
    let sought = min(due, now + Interval(nanoseconds: LookTimer.longest))
    if let end, end <= sought {
      let next = now + Interval(nanoseconds: packetTime.nanoseconds * 5 / 4)
      guard end < next, next <= sought else { return nil }
    }
    end = sought
    return sought
  }
}
