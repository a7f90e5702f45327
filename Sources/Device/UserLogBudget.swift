// SPDX-License-Identifier: MIT
internal import EventLog
internal import MediaClock

/// The limit of log lines that the programs of one user may cause, however many of them connect: 50 at once,
/// then five a second.
struct UserLogBudget {
  /// The number of users with a limit of their own; all others share one.
  static let users = 64

  private var budgets: [UInt32: LogBudget] = [:]
  private var common = Self.budget
  private static var budget: LogBudget { LogBudget(burst: 50, refill: .milliseconds(200)) }

  /// The suffix of a line that may be written; nil if the line is to be left out.
  ///
  /// - Parameter user: nil if no particular user is the cause.
  mutating func take(_ user: UInt32?, at now: MonotonicInstant) -> String? {
    guard let user, budgets[user] != nil || budgets.count < Self.users else {
      return common.take(at: now)
    }
    return budgets[user, default: Self.budget].take(at: now)
  }
}
