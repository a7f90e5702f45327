// SPDX-License-Identifier: MIT
internal import MediaClock

/// How far apart the Syncs of a master are: as it says, or as they come where that is more (PTP-01).
///
/// A master may say nothing (0x7F), or something else than it does. To take its Syncs for more frequent than they
/// are would slew too far before the next one.
struct SyncSpacing: Sendable {
  private var gaps = Window(capacity: 8)
  private var last: MonotonicInstant?
  private var stated: Interval = .seconds(1)

  /// The longer of what is stated and the median of the last eight gaps.
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
