// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The clock in words, for `stats --ptp` and the monitor.
struct ClockLines {
  let status: DaemonStatus

  init(_ status: DaemonStatus) { self.status = status }

  /// A summary in one line.
  static func summary(_ status: DaemonStatus) -> String {
    guard let ptp = status.ptp else { return "\(status.clock.state), PTP is off" }
    if status.clock.state == "grandmaster" { return "grandmaster, \(ptp.clockIdentity)" }
    if let problem = status.clock.problems.first(where: { $0.level == .blocking }) {
      return "\(status.clock.state): \(problem.text)"
    }
    return "\(status.clock.state), grandmaster \(ptp.grandmaster), offset \(offset(ptp))"
  }

  var lines: [String] {
    guard let ptp = status.ptp else {
      return ["PTP state      off; the clock is \(status.clock.state)"] + problems
    }
    if status.clock.state == "grandmaster" { return grandmasterLines(ptp) + problems }
    let steps = ptp.stepsRemoved == 1 ? "1 step" : "\(ptp.stepsRemoved) steps"
    return [
      "PTP state      \(ptp.state), domain \(ptp.domain); the clock is \(status.clock.state)",
      "Grandmaster    \(ptp.grandmaster), priority \(ptp.priority1), \(steps) away",
      "Offset         \(Self.offset(ptp))",
      "Accuracy       \(ptp.accuracyNanoseconds.map { "within \(Text.time($0))" } ?? "not measured")",
      "Path delay     \(ptp.pathDelayNanoseconds.map(Text.time) ?? "not measured")",
      "Lock           \(lock(ptp))",
      "Timestamps     \(ptp.timestamps)",
    ] + problems
  }

  /// The lines of a grandmaster, which has no offset and no lock because it follows no clock.
  private func grandmasterLines(_ ptp: PTPStatus) -> [String] {
    [
      "PTP state      \(ptp.state), domain \(ptp.domain); this host is the grandmaster",
      "Grandmaster    \(ptp.clockIdentity), priority \(ptp.priority1)",
      "Timestamps     \(ptp.timestamps)",
    ]
  }

  private var problems: [String] {
    status.clock.problems.map {
      ($0.level == .note ? "Note           " : "Problem        ") + $0.text
    }
  }

  private static func offset(_ ptp: PTPStatus) -> String {
    guard let offset = ptp.offsetNanoseconds else { return "not measured" }
    let jitter = ptp.jitterNanoseconds.map { " \u{B1} \(Text.time($0))" } ?? ""
    return Text.time(offset) + jitter
  }

  private func lock(_ ptp: PTPStatus) -> String {
    let quality = ptp.locked ? "locked" : "not locked"
    return
      "\(quality); \(Text.count(ptp.counters.outliers)) outliers, \(Text.count(ptp.rebases)) jumps,"
      + " rate \(Text.fixed(ptp.ratePartsPerBillion / 1000, 3)) ppm"
  }
}
