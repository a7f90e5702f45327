// SPDX-License-Identifier: MIT
internal import MediaClock

/// The timers of an ordinary clock; nil is never.
struct Timers: Sendable {
  /// The timeout for Announces of the parent, or of any clock (BMC-06).
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

  /// The next tick of a periodic timer. Lateness does not accumulate, and missed ticks are not repeated.
  static func next(
    after tick: MonotonicInstant, interval: Interval, now: MonotonicInstant
  ) -> MonotonicInstant {
    let next = tick + interval
    return next > now ? next : now + interval
  }
}
