// SPDX-License-Identifier: MIT
internal import MediaClock

/// The time between a master's Syncs: the stated one, or the measured one if that is longer (PTP-01).
///
/// A master may state nothing (0x7F), or a wrong interval. With an interval that is too short, the clock would
/// be slewed too far before the next Sync.
struct SyncSpacing: Sendable {
  private var gaps = Window(capacity: 8)
  private var last: MonotonicInstant?
  private var stated: Interval = .seconds(1)

  /// The longer of the stated interval and the median of the last eight gaps.
  var interval: Interval {
    let seen = gaps.median.map { Interval(nanoseconds: Int64($0)) } ?? stated
    return max(seen, stated)
  }

  mutating func add(_ received: MonotonicInstant, stated: Interval) {
    self.stated = stated
    if let last, received > last { gaps.append(Double((received - last).nanoseconds)) }
    last = max(last ?? received, received)
  }
}
