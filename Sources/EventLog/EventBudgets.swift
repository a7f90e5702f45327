// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import Synchronization

/// Sums up what repeats: of each class of event about the same thing some lines are written at once,
/// then one now and then, which says how many were left out.
///
/// One for the whole program: copies of a logger share it.
final class EventBudgets: Sendable {
  static let shared = EventBudgets()
  /// Lines at once, and the time after which one more may be written.
  private static let burst: Int64 = 10
  private static let refill = Interval.seconds(10)
  /// Different things in memory at a time; when there are more, the count starts anew.
  private static let maximumCount = 1024

  private let budgets = Mutex<[String: LogBudget]>([:])

  /// What to append to the line; nil when it may not be written.
  ///
  /// - Parameter thing: what the event is about; events of the same class and thing share a budget.
  func take(_ identifier: String, about thing: String, at now: MonotonicInstant) -> String? {
    budgets.withLock { budgets in
      if budgets.count >= Self.maximumCount { budgets.removeAll() }
      return budgets[
        identifier + thing, default: LogBudget(burst: Self.burst, refill: Self.refill)
      ].take(at: now)
    }
  }
}
