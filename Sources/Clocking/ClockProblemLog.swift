// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import Logging
internal import MediaClock

/// Logs each problem of the clock once: when it comes up, and again only after it was gone for a while.
struct ClockProblemLog {
  /// What is gone for less than this and comes back is the same.
  private static let memory = Interval.seconds(60)

  private var lastSeen: [String: MonotonicInstant] = [:]

  /// What of `problems` is to be logged now: what nobody needs to act on, such as the first seconds, never is.
  mutating func news(_ problems: [ClockProblem], at now: MonotonicInstant) -> [ClockProblem] {
    lastSeen = lastSeen.filter { now - $0.value < Self.memory }
    var news: [ClockProblem] = []
    for problem in problems where !isQuiet(problem) {
      // What was a hindrance and is a warning now is news.
      let key = "\(problem.cause.rawValue) \(problem.level.rawValue)"
      if lastSeen[key] == nil { news.append(problem) }
      lastSeen[key] = now
    }
    return news
  }

  /// The first seconds, and what is logged where it is found.
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
