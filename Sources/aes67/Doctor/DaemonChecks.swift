// SPDX-License-Identifier: MIT
internal import ControlAPI

/// What the daemon says of itself.
struct DaemonChecks {
  let status: DaemonStatus

  var findings: [Finding] {
    [interface, realTime, grandmaster, timestamps, senders, receivers, programs]
  }

  var interface: Finding {
    guard let interface = status.interface else {
      return .bad(
        "interface", "there is none that is up and has an IPv4 address",
        fix: "plug the cable in, give it an address, or name another in network.interface")
    }
    if interface.name == "lo" {
      return .doubtful(
        "interface", "streams stay on this host (lo)",
        fix: "name the network's interface in network.interface of /etc/aes67/aes67d.yaml")
    }
    return .good("interface", "\(interface.name), \(interface.address)")
  }

  var realTime: Finding {
    status.realTime.mode == .fifo
      ? .good("real-time limits", "SCHED_FIFO and locked memory")
      : .bad(
        "real-time limits", status.realTime.reason,
        fix: "start the daemon by its systemd unit, which sets LimitRTPRIO and LimitMEMLOCK")
  }

  var grandmaster: Finding {
    let check = "grandmaster"
    guard let ptp = status.ptp else {
      return .doubtful(
        check, "PTP is off: other devices' clocks differ from ours",
        fix: "set ptp.mode: auto in /etc/aes67/aes67d.yaml")
    }
    switch status.clock.state {
    case "locked": return .good(check, "locked to \(ptp.grandmaster), priority \(ptp.priority1)")
    case "grandmaster": return .good(check, "this host is it, \(ptp.clockIdentity)")
    case "holdover":
      return .bad(
        check, "lost; the clock goes on at the last rate",
        fix: "look whether \(ptp.grandmaster) is still on the network")
    default:
      return .doubtful(
        check, "\(status.clock.state), the port is \(ptp.state) in domain \(ptp.domain)",
        fix: "wait a minute; then compare ptp.domain with the grandmaster's")
    }
  }

  var timestamps: Finding {
    guard let ptp = status.ptp else { return .unknown("time stamps", "PTP is off") }
    if ptp.counters.missingTransmitStamps > 0 {
      return .doubtful(
        "time stamps",
        "\(ptp.timestamps); \(ptp.counters.missingTransmitStamps) of sent messages missing",
        fix: "look whether `ethtool -T INTERFACE` lists software-transmit")
    }
    return .good("time stamps", ptp.timestamps)
  }

  var senders: Finding {
    let failed = status.senders.filter { $0.state == .waiting }
    let dropped = status.senders.reduce(0) { $0 + $1.dropped + $1.sendErrors }
    if let first = failed.first {
      return .bad("senders", "\(first.name): \(first.error ?? "does not run")", fix: "see there")
    }
    if dropped > 0 {
      return .doubtful(
        "senders", "\(dropped) packets were dropped or refused",
        fix: "see processor and real-time limits below; `aes67 stats` names the stream")
    }
    return .good("senders", "\(status.senders.count) run")
  }

  var receivers: Finding {
    if let first = status.receivers.first(where: { $0.state == .waiting }) {
      return .bad("receivers", "\(first.name): \(first.error ?? "does not run")", fix: "see there")
    }
    let late = status.receivers.filter { $0.late > 0 || $0.lost > 0 }
    let silent = status.receivers.filter { $0.state == .running && $0.packets == 0 }
    if let first = late.first {
      return .doubtful(
        "receivers", "\(first.name): \(first.late) late, \(first.lost) lost",
        fix: "raise link-offset where packets are late; look for a full link where they are lost")
    }
    if let first = silent.first {
      return .doubtful(
        "receivers", "\(silent.count) hear nothing, such as \(first.name) (\(first.address))",
        fix: "look whether the sender runs, and whether a switch that snoops IGMP has a querier")
    }
    return .good("receivers", "\(status.receivers.count) hear their streams")
  }

  var programs: Finding {
    let troubled = status.clients.filter { $0.xruns > 0 }
    guard let first = troubled.first else {
      return .good("programs", "\(status.clients.count) use the device, without xruns")
    }
    return .doubtful(
      "programs", "\(first.program) (\(first.pid)): \(first.xruns) xruns",
      fix: "choose a larger period there, or give it real-time priority")
  }
}
