// SPDX-License-Identifier: MIT
internal import EventLog
internal import Logging
internal import PTP

/// Passes the events of the ordinary clock to the log, and the grandmaster to the streams that announce it.
struct ClockEvents {
  /// The PTP domain, 0 to 127.
  let domain: Int
  let report: PTPReport
  let log: Logger

  /// - Parameter master: the grandmaster that the clock follows now.
  func record(_ event: Event, master: ClockIdentity?) {
    let facts: [EventField: any CustomStringConvertible & Sendable] =
      master.map { [.grandmaster: $0] } ?? [:]
    switch event {
    case .state(let state):
      log.record(.portState, "PTP port is \(state)", [.clockState: "\(state)"])
    case .grandmaster(let identity):
      log.record(.grandmaster, "PTP grandmaster is \(identity)", [.grandmaster: identity])
      report.elected(Grandmaster(identity: identity, domain: domain))
    case .locked: log.record(.locked, "PTP is locked", facts)
    case .unlocked:
      log.record(.unlocked, "PTP has lost its lock; the clock continues at the last rate", facts)
    case .rebased(let rebase):
      // The first re-base disturbs no stream.
      if rebase.cause == .start { return log.notice("\(rebase.sentence)") }
      log.record(
        .rebased, rebase.sentence, [.frames: rebase.frames, .reason: rebase.cause.rawValue])
    case .inaccurate(let nanoseconds):
      // The diagnosis reports it as long as it lasts.
      log.debug("the clock is used without a lock, within \(Int(nanoseconds)) ns")
      report.settle()
    case .stampsMissing:
      log.record(
        .stampsMissing,
        "the network interface gives no transmit timestamps; PTP is less accurate without them")
    }
  }
}

extension Rebase {
  fileprivate var sentence: String {
    switch cause {
    case .start:
      "PTP time is \(frames) frames from this host's: the media clock has been aligned to it"
    case .master:
      "PTP time has jumped by \(frames) frames with another master: streams continue after a gap"
    case .epoch:
      "the master has set PTP time by \(frames) frames: streams continue after a gap"
    }
  }
}
