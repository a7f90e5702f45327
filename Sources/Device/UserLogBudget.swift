// SPDX-License-Identifier: MIT
internal import EventLog
internal import MediaClock

/// The lines that the programs of one user may cause in the log, however many of them come and go: 50 at once, then five a second.
struct UserLogBudget {
  /// Users that are told apart; all others share one budget.
  static let users = 64

  private var budgets: [UInt32: LogBudget] = [:]
  private var common = Self.budget
  private static var budget: LogBudget { LogBudget(burst: 50, refill: .milliseconds(200)) }

  /// The suffix of a line that may be written; nil if the line is to be left out.
  ///
  /// - Parameter user: Nil where nobody in particular is the cause.
  mutating func take(_ user: UInt32?, at now: MonotonicInstant) -> String? {
    guard let user, budgets[user] != nil || budgets.count < Self.users else {
      return common.take(at: now)
    }
    return budgets[user, default: Self.budget].take(at: now)
  }
}
