// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import Synchronization

/// Summarizes repeated events: of each class and subject some lines are written at once, then one from time to
/// time, with the number of suppressed lines.
///
/// There is one for the whole program: copies of a logger share it.
final class EventBudgets: Sendable {
  static let shared = EventBudgets()
  /// The number of lines at once, and the time after which one more may be written.
  private static let burst: Int64 = 10
  private static let refill = Interval.seconds(10)
  /// The maximum number of subjects in memory; if there are more, counting starts again.
  private static let maximumCount = 1024

  private let budgets = Mutex<[String: LogBudget]>([:])

  /// The suffix of a line that may be written; nil if the line is to be left out.
  ///
  /// - Parameter thing: the subject of the event; events of the same class and subject share a budget.
  func take(_ identifier: String, about thing: String, at now: MonotonicInstant) -> String? {
    budgets.withLock { budgets in
      if budgets.count >= Self.maximumCount { budgets.removeAll() }
      return budgets[
        identifier + thing, default: LogBudget(burst: Self.burst, refill: Self.refill)
      ].take(at: now)
    }
  }
}
