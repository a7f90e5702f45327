// SPDX-License-Identifier: MIT
internal import MediaClock

/// How many requests are answered: so many at once, and so many a second in the long run.
struct Allowance: Sendable {
  private let burst: Int64
  private let perRequest: Interval
  /// When the allowance would be whole.
  private var wholeAt: MonotonicInstant?

  init(burst: Int64, perSecond: Int64) {
    self.burst = burst
    perRequest = Interval(nanoseconds: 1_000_000_000 / perSecond)
  }

  /// False when this request is one too many.
  mutating func take(at now: MonotonicInstant) -> Bool {
    let next = max(wholeAt ?? now, now) + perRequest
    guard next - now <= perRequest * burst else { return false }
    wholeAt = next
    return true
  }
}
