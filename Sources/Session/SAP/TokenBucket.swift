// SPDX-License-Identifier: MIT
internal import MediaClock

/// Lets so many things happen at once, and so many a second in the long run.
struct TokenBucket: Hashable, Sendable {
  struct Rate: Hashable, Sendable {
    var burst: Int64
    var perSecond: Int64
  }

  private let rate: Rate
  /// In nanoseconds: each token costs the time between two.
  private var credit: Int64
  private var last: MonotonicInstant

  init(_ rate: Rate, at now: MonotonicInstant) {
    self.rate = rate
    credit = rate.burst * (1_000_000_000 / rate.perSecond)
    last = now
  }

  mutating func take(at now: MonotonicInstant) -> Bool {
    let price = 1_000_000_000 / rate.perSecond
    let capacity = rate.burst * price
    let passed = max(0, (now - last).nanoseconds)
    credit = min(capacity, credit + min(passed, capacity))
    last = max(last, now)
    guard credit >= price else { return false }
    credit -= price
    return true
  }
}
