// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The line that `systemctl status` shows: the most important facts, and problems first.
enum StatusLine {
  static func text(_ status: DaemonStatus) -> String {
    var parts: [String] = []
    if status.interface == nil {
      parts.append(status.interfaceProblem ?? "no network interface yet")
    }
    parts.append(clock(status))
    parts.append(streams(status))
    parts.append(programs(status))
    if status.realTime.mode == .degraded { parts.append("not real-time (the log says why)") }
    return parts.joined(separator: "; ")
  }

  private static func clock(_ status: DaemonStatus) -> String {
    switch status.clock.state {
    case "locked": "locked to \(status.ptp?.grandmaster ?? "a grandmaster")"
    case "grandmaster": "grandmaster"
    case "free-running" where status.ptp == nil: "own clock"
    default: "clock \(status.clock.state)"
    }
  }

  private static func streams(_ status: DaemonStatus) -> String {
    let senders = status.senders.map { $0.state.isSending }
    let receivers = status.receivers.map { $0.state.isReceiving }
    return "\(count(senders, "sender")), \(count(receivers, "receiver"))"
  }

  private static func programs(_ status: DaemonStatus) -> String {
    let running = status.clients.filter(\.running)
    guard !running.isEmpty else { return "no programs" }
    let playing = running.count { $0.direction == .playback }
    let recording = running.count - playing
    return [(playing, "plays", "play"), (recording, "records", "record")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }.joined(separator: ", ")
  }

  /// The number in words: `8 senders`, or `7 of 8 senders` if one does not run.
  private static func count(_ areRunning: [Bool], _ noun: String) -> String {
    let running = areRunning.count(where: \.self)
    let all = areRunning.count
    return (running == all ? "\(all)" : "\(running) of \(all)") + " \(noun)" + (all == 1 ? "" : "s")
  }
}
