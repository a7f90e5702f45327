// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import MediaClock
internal import PTP

/// The clocks that the ptp thread has received, as of its last report.
struct HeardClocks: Sendable {
  var domain: Int
  var otherDomain: Int?
  var clocks: [HeardClock]

  /// The clocks of `clock` at an instant.
  init(_ clock: OrdinaryClock, at now: MonotonicInstant) {
    domain = clock.settings.domainNumber
    otherDomain = clock.otherDomain
    clocks = clock.heardClocks(at: now)
  }

  /// The report for the API.
  func report(at now: MonotonicInstant) -> ClocksReport {
    ClocksReport(
      domain: domain, otherDomain: otherDomain,
      clocks: clocks.map { HeardClockStatus($0, at: now) })
  }
}

extension HeardClockStatus {
  fileprivate init(_ clock: HeardClock, at now: MonotonicInstant) {
    let rank = clock.rank
    self.init(
      grandmaster: rank.grandmaster.description,
      clockIdentity: rank.sender.clockIdentity.description, port: Int(rank.sender.portNumber),
      isOwn: clock.isOwn, priority1: Int(rank.priority1), clockClass: Int(rank.quality.clockClass),
      clockAccuracy: Int(rank.quality.clockAccuracy),
      variance: Int(rank.quality.offsetScaledLogVariance), priority2: Int(rank.priority2),
      stepsRemoved: Int(rank.stepsRemoved), timeSource: Int(clock.timeSource),
      lastHeardMilliseconds: clock.lastHeard.map { max(0, (now - $0).nanoseconds / 1_000_000) },
      isCandidate: clock.isCandidate, isFollowed: clock.isParent, wins: clock.wins)
  }
}
