// SPDX-License-Identifier: MIT

/// Faults of the present streams and programs since the last reset: the answer of `/v1/faults`. The counters of
/// the status itself are never reset.
public struct FaultReport: Codable, Equatable, Sendable {
  /// The time of the last reset, or of the daemon's start, in Unix time.
  public var sinceUnixMilliseconds: Int64
  /// Packets that arrived too late at receivers.
  public var late: UInt64
  /// Packets that never arrived at receivers.
  public var lost: UInt64
  /// Packets that senders did not make in time, or that this host's kernel refused.
  public var dropped: UInt64
  /// Missed periods of programs.
  public var xruns: UInt64

  public init(
    sinceUnixMilliseconds: Int64, late: UInt64 = 0, lost: UInt64 = 0, dropped: UInt64 = 0,
    xruns: UInt64 = 0
  ) {
    self.sinceUnixMilliseconds = sinceUnixMilliseconds
    self.late = late
    self.lost = lost
    self.dropped = dropped
    self.xruns = xruns
  }

  /// Returns true if nothing was counted.
  public var isClean: Bool { late == 0 && lost == 0 && dropped == 0 && xruns == 0 }
}

/// Counts faults from an instant on, as the difference of two readings of the status.
public struct FaultTally: Sendable {
  private struct Program: Hashable {
    let slot: Int
    let pid: Int32
  }

  private let since: Int64
  private var receivers: [Int: (late: UInt64, lost: UInt64)] = [:]
  private var senders: [Int: UInt64] = [:]
  private var programs: [Program: UInt64] = [:]

  /// - Parameters:
  ///   - status: the reading at that instant; nil at the start of the daemon.
  ///   - unixMilliseconds: that instant.
  public init(from status: DaemonStatus? = nil, at unixMilliseconds: Int64) {
    since = unixMilliseconds
    for one in status?.receivers ?? [] { receivers[one.id] = (one.late, one.lost) }
    for one in status?.senders ?? [] { senders[one.id] = one.dropped + one.sendErrors }
    for one in status?.clients ?? [] { programs[Self.program(one)] = one.xruns }
  }

  public func report(_ status: DaemonStatus) -> FaultReport {
    var report = FaultReport(sinceUnixMilliseconds: since)
    for one in status.receivers {
      report.late += Self.more(one.late, than: receivers[one.id]?.late)
      report.lost += Self.more(one.lost, than: receivers[one.id]?.lost)
    }
    for one in status.senders {
      report.dropped += Self.more(one.dropped + one.sendErrors, than: senders[one.id])
    }
    for one in status.clients {
      report.xruns += Self.more(one.xruns, than: programs[Self.program(one)])
    }
    return report
  }

  /// Returns the increase of a counter. A counter that is lower than before was reset.
  private static func more(_ now: UInt64, than then: UInt64?) -> UInt64 {
    now >= then ?? 0 ? now - (then ?? 0) : now
  }

  private static func program(_ client: ClientStatus) -> Program {
    Program(slot: client.slot, pid: client.pid)
  }
}
