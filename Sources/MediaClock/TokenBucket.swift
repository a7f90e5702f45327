// SPDX-License-Identifier: MIT

/// A rate limit: so many at once, and one more each interval in the long run.
///
/// For answers to the network, announcements from one source and lines of a log.
public struct TokenBucket: Hashable, Sendable {
  private let burst: Int64
  private let interval: Interval
  /// When the bucket will be full again; nil before the first take.
  private var fullAt: MonotonicInstant?

  /// - Parameters:
  ///   - burst: how many may be taken at once, at least 1.
  ///   - interval: the time after which one more may be taken.
  public init(burst: Int64, every interval: Interval) {
    self.burst = burst
    self.interval = interval
  }

  /// - Parameter rate: how many may be taken in a second in the long run, 1 to 1,000,000,000.
  public init(burst: Int64, perSecond rate: Int64) {
    self.init(burst: burst, every: Interval(nanoseconds: 1_000_000_000 / rate))
  }

  /// Takes one. Returns false where none is left; time that goes backwards gives none back.
  public mutating func take(at now: MonotonicInstant) -> Bool {
    let next = max(fullAt ?? now, now) + interval
    guard (next - now).nanoseconds <= interval.nanoseconds * burst else { return false }
    fullAt = next
    return true
  }
}
