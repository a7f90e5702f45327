// SPDX-License-Identifier: MIT
package import ControlAPI
package import MediaClock
package import PTP
internal import RealTime
internal import Synchronization

/// The report of the ptp thread to the other parts of the daemon.
package final class PTPReport: Sendable {
  private let settled: Atomic<Bool>
  private let latest = Mutex<PTPStatus?>(nil)
  /// The rounds of the thread, at least one a second.
  let rounds = Counter()
  private let latestGrandmaster = Mutex<Grandmaster?>(nil)

  /// - Parameter settled: true if there is no clock to wait for.
  init(settled: Bool) { self.settled = Atomic(settled) }

  /// True if senders may start: the clock is locked, grandmaster, or free-running. Once true, it stays.
  package var isSettled: Bool { settled.load(ordering: .relaxed) }

  private let latestProblems = Mutex<[ClockProblem]>([])
  /// The problems of the clock, the most severe first. Once senders have started, a problem that blocked them
  /// becomes a warning, and one that lasts only for the first seconds is left out.
  package var problems: [ClockProblem] {
    let all = latestProblems.withLock(\.self)
    return isSettled ? all.compactMap(\.onceSendersRun) : all
  }
  func update(_ problems: [ClockProblem]) { latestProblems.withLock { $0 = problems } }

  /// The problem for which senders wait; nil if they may start.
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
  /// The status of the clock that another program steers.
  package var external: ExternalClockStatus? { latestExternal.withLock(\.self) }
  func update(_ status: ExternalClockStatus) { latestExternal.withLock { $0 = status } }

  private let latestHost = Mutex<HostClock?>(nil)
  /// The quality of our time that we would announce as grandmaster.
  package var host: HostClock? { latestHost.withLock(\.self) }
  func update(_ host: HostClock) { latestHost.withLock { $0 = host } }

  /// The grandmaster; nil while PTP is off, or has elected none yet.
  package var grandmaster: Grandmaster? { latestGrandmaster.withLock(\.self) }
  func elected(_ grandmaster: Grandmaster) { latestGrandmaster.withLock { $0 = grandmaster } }

  /// Begins again for another clock: the report of the previous one is dropped.
  ///
  /// `isSettled` stays true: running streams do not wait for the new clock.
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
