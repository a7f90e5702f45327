// SPDX-License-Identifier: MIT

/// A rate limit: a burst of events, and in the long run one event per interval.
///
/// It limits answers to the network, announcements from one source, and log lines.
public struct TokenBucket: Hashable, Sendable {
  private let burst: Int64
  private let interval: Interval
  /// The time at which the bucket will be full again; nil before the first event.
  private var fullAt: MonotonicInstant?

  /// - Parameters:
  ///   - burst: the number of events allowed at once, at least 1.
  ///   - interval: the time after which one more event is allowed.
  public init(burst: Int64, every interval: Interval) {
    self.burst = burst
    self.interval = interval
  }

  /// - Parameter rate: the number of events allowed per second in the long run, 1 to 1,000,000,000.
  public init(burst: Int64, perSecond rate: Int64) {
    self.init(burst: burst, every: Interval(nanoseconds: 1_000_000_000 / rate))
  }

  /// Returns true if an event is allowed, and counts it. A time that goes backwards allows no further events.
  public mutating func take(at now: MonotonicInstant) -> Bool {
    let next = max(fullAt ?? now, now) + interval
    guard (next - now).nanoseconds <= interval.nanoseconds * burst else { return false }
    fullAt = next
    return true
  }
}
