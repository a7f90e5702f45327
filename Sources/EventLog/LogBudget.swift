// SPDX-License-Identifier: MIT
package import MediaClock

/// The lines that one source may cause in the log: a few at once, then one now and then. What is left
/// out is counted, so that a flood is summed up instead of written down.
package struct LogBudget: Sendable {
  private var bucket: TokenBucket
  private var leftOut = 0

  /// - Parameters:
  ///   - burst: Lines at once.
  ///   - refill: Time after which one more is allowed.
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
