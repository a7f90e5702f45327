// SPDX-License-Identifier: MIT
internal import MediaClock

/// When an ordinary clock next has something to do; nil is never.
struct Timers: Sendable {
  /// The parent is lost, or nobody was heard (BMC-06).
  var announceReceipt: MonotonicInstant?
  var announce: MonotonicInstant?
  var sync: MonotonicInstant?
  var delayReq: MonotonicInstant?

  var earliest: MonotonicInstant? {
    [announceReceipt, announce, sync, delayReq].compactMap(\.self).min()
  }

  /// Returns true if a timer has expired.
  static func isDue(_ timer: MonotonicInstant?, at now: MonotonicInstant) -> Bool {
    timer.map { $0 <= now } ?? false
  }

  /// The next tick of a steady timer: no lateness adds up, and missed ticks are not made up for.
  static func next(
    after tick: MonotonicInstant, interval: Interval, now: MonotonicInstant
  ) -> MonotonicInstant {
    let next = tick + interval
    return next > now ? next : now + interval
  }
}
