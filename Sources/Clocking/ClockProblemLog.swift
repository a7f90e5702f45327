// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import Logging
internal import MediaClock

/// Logs each problem of the clock once: when it appears, and again only after it was gone for a while.
struct ClockProblemLog {
  /// A problem that is gone for less than this counts as the same one.
  private static let memory = Interval.seconds(60)

  private var lastSeen: [String: MonotonicInstant] = [:]

  /// The problems to be logged now, without those that need no action, such as the first seconds.
  mutating func news(_ problems: [ClockProblem], at now: MonotonicInstant) -> [ClockProblem] {
    lastSeen = lastSeen.filter { now - $0.value < Self.memory }
    var news: [ClockProblem] = []
    for problem in problems where !isQuiet(problem) {
      // A problem that blocked senders and is now a warning is logged again.
      let key = "\(problem.cause.rawValue) \(problem.level.rawValue)"
      if lastSeen[key] == nil { news.append(problem) }
      lastSeen[key] = now
    }
    return news
  }

  /// Returns true for the first seconds, and for problems that are logged where they are detected.
  private func isQuiet(_ problem: ClockProblem) -> Bool {
    switch problem.cause {
    case .starting, .measuring, .noInterface, .portsUnavailable, .externalClock: true
    case .inaccurate: problem.level == .blocking
    default: false
    }
  }
}

extension Logger {
  func record(_ problem: ClockProblem) {
    guard problem.level != .note else { return notice("\(problem.text)") }
    record(.clockDoubtful, problem.text, [.reason: problem.text])
  }
}
