// SPDX-License-Identifier: MIT
package import MediaClock

/// The limit of log lines from one source: a few at once, then one from time to time. Suppressed lines are
/// counted, so that a flood is summarized.
package struct LogBudget: Sendable {
  private var bucket: TokenBucket
  private var leftOut = 0

  /// - Parameters:
  ///   - burst: the number of lines at once.
  ///   - refill: the time after which one more is allowed.
  package init(burst: Int64, refill: Interval) {
    bucket = TokenBucket(burst: burst, every: refill)
  }

  /// The suffix of a line that may be written; nil if the line is to be left out.
  package mutating func take(at now: MonotonicInstant) -> String? {
    guard bucket.take(at: now) else {
      leftOut += 1
      return nil
    }
    defer { leftOut = 0 }
    return leftOut == 0 ? "" : " (\(leftOut) such lines left out)"
  }
}
