// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import LinuxIO
internal import MediaClock
internal import PTP

/// Finds the problem of the ordinary clock from its counters, without any request to the network, and without
/// reading a clock.
///
/// Within a minute, every condition that keeps senders from starting has a cause here.
struct ClockDiagnosis {
  /// The problems of the clock's path to the network.
  struct Path {
    /// The reason why no interface can be used; empty if one can.
    var problem = ""
    /// The reason why PTP's ports cannot be opened; empty if they can.
    var portsProblem = ""
    var addresses: [IPv4Address] = []
  }

  /// The time that a master may take before a cause is searched for, and the time for which there may be none.
  private static let grace = Interval.seconds(10)
  /// The time without a request after which no device follows this grandmaster.
  private static let silence = Interval.seconds(60)
  /// The number of unanswered requests that is not accidental, and the minimum time for them.
  private static let unansweredLimit: UInt64 = 8
  private static let unansweredFor = Interval.seconds(5)
  /// The priority1 from which ptp4l -s, with its default of 128, considers itself the better clock.
  private static let weakPriority = 128

  private var state: PortState?
  private var stateSince = MonotonicInstant(nanoseconds: 0)
  private var requests: UInt64 = 0
  private var lastRequest = MonotonicInstant(nanoseconds: 0)

  /// The problems, the most severe first.
  ///
  /// - Parameter clock: nil while there is none.
  mutating func problems(
    of clock: OrdinaryClock?, on path: Path, at now: MonotonicInstant
  ) -> [ClockProblem] {
    if !path.problem.isEmpty { return [.noInterface(path.problem)] }
    if !path.portsProblem.isEmpty { return [.portsUnavailable(path.portsProblem)] }
    guard let clock else { return [.starting] }
    note(clock, at: now)
    return [obstacle(to: clock, at: now), negativeDelay(clock), lookalike(clock, path, at: now)]
      .compactMap(\.self) + [idleness(clock, at: now)].compactMap(\.self)
  }

  private mutating func note(_ clock: OrdinaryClock, at now: MonotonicInstant) {
    if clock.state != state {
      state = clock.state
      stateSince = now
      lastRequest = now
    }
    let heard = clock.counters.received[Int(MessageType.delayReq.rawValue)]
    if heard != requests {
      requests = heard
      lastRequest = now
    }
  }

  // MARK: Obstacles

  private func obstacle(to clock: OrdinaryClock, at now: MonotonicInstant) -> ClockProblem? {
    switch clock.state {
    case .master, .passive: nil
    case .listening:
      now - stateSince < Self.grace
        ? .starting
        : .noGrandmaster(
          domain: clock.settings.domainNumber, seconds: (now - stateSince).wholeSeconds,
          otherDomain: clock.otherDomain)
    case .uncalibrated, .slave:
      clock.following.flatMap { obstacle(to: clock, $0, at: now) }
    default: .starting
    }
  }

  private func obstacle(
    to clock: OrdinaryClock, _ following: FollowingRecord, at now: MonotonicInstant
  ) -> ClockProblem? {
    let master = clock.parentDataSet.grandmasterIdentity.description
    let age = now - following.since
    if let since = following.unansweredSince, following.unanswered >= Self.unansweredLimit,
      now - since >= Self.unansweredFor
    {
      let asked = following.unanswered
      let needed: ClockProblem.Level = clock.servo.meanPathDelay == nil ? .blocking : .warning
      return following.peerRequests > 0 && following.answers == 0
        ? .peerDelay(master, asked: asked, heard: following.peerRequests)
        : .noDelayResponse(master, asked: asked, needed)
    }
    if clock.servo.isLocked { return nil }
    if age >= Self.grace, following.syncs == 0 {
      return .noSync(master, announces: following.announces)
    }
    if age >= Self.grace, following.measurements == 0 {
      return .noFollowUp(master, syncs: following.twoStepSyncs)
    }
    if let accuracy = clock.servo.accuracy, age >= Self.grace {
      return .inaccurate(
        master, accuracy: accuracy, scatter: clock.servo.jitter,
        isUsed: clock.servo.isInaccurate)
    }
    if age >= Self.grace + Self.grace, !clock.servo.isTracking, following.answers > 0 {
      return .unsteady(master, scatter: clock.servo.scatter)
    }
    return .measuring(master, seconds: age.wholeSeconds)
  }

  // MARK: Warnings

  private func negativeDelay(_ clock: OrdinaryClock) -> ClockProblem? {
    guard clock.servo.isPathDelayNegative, let delay = clock.servo.meanPathDelay else { return nil }
    return .negativeDelay(clock.parentDataSet.grandmasterIdentity.description, delay: delay)
  }

  private func lookalike(
    _ clock: OrdinaryClock, _ path: Path, at now: MonotonicInstant
  ) -> ClockProblem? {
    guard let other = clock.lookalike, other.messages >= 2,
      now - other.lastHeard <= Lookalike.timeout
    else { return nil }
    let address = IPv4Address(bits: UInt32(truncatingIfNeeded: other.peer.address))
    return path.addresses.contains(address)
      ? .ownMessages(other.messages)
      : .sameIdentity(
        clock.settings.clockIdentity.description, address: address.description,
        messages: other.messages)
  }

  /// The problem of a grandmaster without requests: others may consider it worse than themselves.
  private func idleness(_ clock: OrdinaryClock, at now: MonotonicInstant) -> ClockProblem? {
    guard clock.state == .master, clock.settings.priority1 >= Self.weakPriority,
      now - lastRequest >= Self.silence
    else { return nil }
    return .nobodyFollows(
      priority1: clock.settings.priority1, seconds: Self.silence.wholeSeconds)
  }
}

extension Interval {
  fileprivate var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }
}
