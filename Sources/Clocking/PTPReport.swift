// SPDX-License-Identifier: MIT
package import ControlAPI
package import MediaClock
package import PTP
internal import RealTime
internal import Synchronization

/// What the ptp thread tells the rest of the daemon.
package final class PTPReport: Sendable {
  private let settled: Atomic<Bool>
  private let latest = Mutex<PTPStatus?>(nil)
  /// How often the thread has come around; it does so at least once a second.
  let rounds = Counter()
  private let latestGrandmaster = Mutex<Grandmaster?>(nil)

  /// - Parameter settled: true where no clock is to be waited for.
  init(settled: Bool) { self.settled = Atomic(settled) }

  /// True if senders may start: the clock is locked, elected, or nobody's. Once true, it stays.
  package var isSettled: Bool { settled.load(ordering: .relaxed) }

  private let latestProblems = Mutex<[ClockProblem]>([])
  /// The problems of the clock, the gravest first. Once senders have started, a problem that blocked them becomes a
  /// warning, and one that lasts only for the first seconds is left out.
  package var problems: [ClockProblem] {
    let all = latestProblems.withLock(\.self)
    return isSettled ? all.compactMap(\.onceSendersRun) : all
  }
  func update(_ problems: [ClockProblem]) { latestProblems.withLock { $0 = problems } }

  /// What senders wait for; nil when they may start.
  package var obstacle: ClockProblem? {
    isSettled ? nil : problems.first { $0.level == .blocking } ?? .starting
  }

  func settle() { settled.store(true, ordering: .relaxed) }

  func published(_ clock: DeviceClock) {
    if clock.state == .locked || clock.state == .grandmaster { settle() }
  }

  package var status: PTPStatus? { latest.withLock(\.self) }
  func update(_ status: PTPStatus) { latest.withLock { $0 = status } }

  private let latestHeard = Mutex<HeardClocks?>(nil)
  func update(_ heard: HeardClocks) { latestHeard.withLock { $0 = heard } }

  /// The clocks on the network, with ages at an instant; empty while PTP is off or has no network.
  package func clocks(at now: MonotonicInstant) -> ClocksReport {
    latestHeard.withLock(\.self)?.report(at: now) ?? ClocksReport()
  }

  private let latestExternal = Mutex<ExternalClockStatus?>(nil)
  /// Of the clock that another program keeps.
  package var external: ExternalClockStatus? { latestExternal.withLock(\.self) }
  func update(_ status: ExternalClockStatus) { latestExternal.withLock { $0 = status } }

  private let latestHost = Mutex<HostClock?>(nil)
  /// What we would say of our time as grandmaster.
  package var host: HostClock? { latestHost.withLock(\.self) }
  func update(_ host: HostClock) { latestHost.withLock { $0 = host } }

  /// Nil while PTP is off, or has elected nobody yet.
  package var grandmaster: Grandmaster? { latestGrandmaster.withLock(\.self) }
  func elected(_ grandmaster: Grandmaster) { latestGrandmaster.withLock { $0 = grandmaster } }

  /// Begins anew for another clock: what was told of the one before holds no more.
  ///
  /// Settled stays settled: streams that run do not wait for the new clock.
  func begin() {
    latest.withLock { $0 = nil }
    latestHeard.withLock { $0 = nil }
    latestExternal.withLock { $0 = nil }
    latestHost.withLock { $0 = nil }
    latestGrandmaster.withLock { $0 = nil }
    latestProblems.withLock { $0 = [] }
  }
}

extension ClockProblem {
  /// The problem as it is shown while senders run; nil for one that lasts only for the first seconds.
  fileprivate var onceSendersRun: ClockProblem? {
    guard level == .blocking else { return self }
    if cause == .starting || cause == .measuring { return nil }
    var problem = self
    problem.level = .warning
    return problem
  }
}
