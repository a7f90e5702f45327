// SPDX-License-Identifier: MIT
internal import ControlAPI

/// Checks of the daemon's own status.
struct DaemonChecks {
  let status: DaemonStatus

  var findings: [Finding] {
    [interface, realTime, grandmaster] + clock + [timestamps] + senders + receivers + [programs]
  }

  /// The findings on the present state of the sound card.
  var statusFindings: [Finding] {
    [interface, realTime, grandmaster] + clock + senders + receivers
  }

  /// The findings on the problems of the clock.
  var clock: [Finding] {
    status.clock.problems.filter { $0 != blocking }.map { problem in
      Finding(
        check: "clock", verdict: problem.level == .note ? .ok : .warning, seen: problem.sentence,
        fix: problem.remedy)
    }
  }

  /// The problem for which senders wait.
  private var blocking: ClockProblem? {
    status.clock.problems.first { $0.level == .blocking }
  }

  var interface: Finding {
    guard let interface = status.interface else {
      return .fail(
        "interface", status.interfaceProblem ?? "no interface is up and has an IPv4 address",
        fix: interfaceFix)
    }
    switch interface.kind {
    case "loopback":
      return .warning(
        "interface", "\(interface.name): streams stay on this host",
        fix:
          "connect the cable, or set network.interface in /etc/aes67/aes67d.yaml; virtual interfaces, such as"
          + " docker0 and virbr0, are used only if named there")
    case "virtual", "wireless":
      return .warning(
        "interface",
        "\(interface.name), \(interface.address): \(interface.kind), which is not recommended for audio",
        fix: "connect a wired interface, which network.interface: auto prefers, or name one there")
    default: break
    }
    return .ok("interface", "\(interface.name), \(interface.address)")
  }

  private var interfaceFix: String {
    let problem = status.interfaceProblem ?? ""
    if problem.contains("no carrier") { return "plug the cable in; check the switch port" }
    if problem.contains("is down") { return "ip link set INTERFACE up" }
    if problem.contains("does not exist") {
      return "aes67 configure --interface NAME, with one of the names above"
    }
    return
      "connect the cable, assign an IPv4 address, or set another interface in network.interface"
  }

  var realTime: Finding {
    status.realTime.mode == .fifo
      ? .ok("real-time limits", "SCHED_FIFO and locked memory")
      : .fail(
        "real-time limits", status.realTime.reason,
        fix: "start aes67d with its systemd unit, which sets LimitRTPRIO and LimitMEMLOCK")
  }

  var grandmaster: Finding {
    let check = "grandmaster"
    if let blocking {
      guard blocking.cause != .starting, blocking.cause != .measuring else {
        return .warning(check, blocking.sentence, fix: "wait a minute")
      }
      return .fail(check, blocking.sentence, fix: blocking.remedy)
    }
    guard let ptp = status.ptp else {
      return .warning(
        check, "PTP is off: this host is not synchronized with other devices",
        fix: "set ptp.mode: auto in /etc/aes67/aes67d.yaml")
    }
    switch status.clock.state {
    case "locked": return .ok(check, "locked to \(ptp.grandmaster), priority \(ptp.priority1)")
    case "grandmaster": return .ok(check, "this host, \(ptp.clockIdentity)")
    case "holdover":
      return .fail(
        check, "lost; the clock continues at the last known rate",
        fix: "check that \(ptp.grandmaster) is still on the network")
    default:
      return .warning(
        check, "\(status.clock.state); port \(ptp.state), domain \(ptp.domain)",
        fix: "wait a minute; then compare ptp.domain with the grandmaster's")
    }
  }

  var timestamps: Finding {
    guard let ptp = status.ptp else { return .unknown("time stamps", "PTP is off") }
    if ptp.counters.missingTransmitStamps > 0 {
      return .warning(
        "time stamps",
        "\(ptp.timestamps); missing for \(Text.count(ptp.counters.missingTransmitStamps)) sent messages",
        fix: "check that `ethtool -T INTERFACE` lists software-transmit")
    }
    return .ok("time stamps", ptp.timestamps)
  }

  /// One finding for each state and cause, the worst first.
  var senders: [Finding] {
    let troubled = status.senders.map { stream in
      Trouble(
        name: stream.name, words: stream.stateLine, since: stream.health.sinceUnixMilliseconds,
        level: stream.health.level, key: "\(stream.state.rawValue) \(stream.error ?? "")",
        fix: StreamFixes.of(stream))
    }
    return Trouble.findings("senders", troubled, well: "sending")
  }

  var receivers: [Finding] {
    let troubled = status.receivers.map { stream in
      Trouble(
        name: stream.name, words: stream.stateAndCause, since: stream.health.sinceUnixMilliseconds,
        level: stream.health.level, key: "\(stream.state.rawValue) \(stream.error ?? "")",
        fix: StreamFixes.of(stream))
    }
    return Trouble.findings("receivers", troubled, well: "receiving")
  }

  var programs: Finding {
    let troubled = status.clients.filter { $0.xruns > 0 }
    guard let first = troubled.first else {
      return .ok("programs", "\(status.clients.count) connected, no xruns")
    }
    return .warning(
      "programs", "\(first.program) (\(first.pid)): \(first.xruns) xruns",
      fix: "use a larger period in that program, or give it real-time priority")
  }
}
