// SPDX-License-Identifier: MIT
package import MediaClock

/// The lines that one source may cause in the log: a few at once, then one now and then. What is left
/// out is counted, so that a flood is summed up instead of written down.
package struct LogBudget: Sendable {
  private let burst: Int
  private let refill: Interval
  private var spent = 0
  private var leftOut = 0
  private var since: MonotonicInstant?

  /// - Parameters:
  ///   - burst: Lines at once.
  ///   - refill: Time after which one more is allowed.
  package init(burst: Int, refill: Interval) {
    self.burst = burst
    self.refill = refill
  }

  /// What to append to a line that may be written; nil when it may not.
  package mutating func take(at now: MonotonicInstant) -> String? {
    let last = since ?? now
    let regained = Int((now - last).nanoseconds / refill.nanoseconds)
    if regained >= spent {
      spent = 0
      since = now
    } else {
      spent -= regained
      since = last + Interval(nanoseconds: Int64(regained) * refill.nanoseconds)
    }
    guard spent < burst else {
      leftOut += 1
      return nil
    }
    spent += 1
    defer { leftOut = 0 }
    return leftOut == 0 ? "" : " (\(leftOut) such lines left out)"
  }
}
