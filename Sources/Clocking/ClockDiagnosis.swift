// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import LinuxIO
internal import MediaClock
internal import PTP

/// Says what is wrong with the ordinary clock, from what it has counted: nothing is asked of the network, and no
/// time is read.
///
/// Within a minute of its beginning, whatever keeps senders from starting has a cause here.
struct ClockDiagnosis {
  /// What the clock's way to the network says of itself.
  struct Path {
    /// Why no interface can be used; empty when one can.
    var problem = ""
    /// Why PTP's ports cannot be had; empty when they can.
    var portsProblem = ""
    var addresses: [IPv4Address] = []
  }

  /// How long a master may take before a cause is looked for; and how long nobody needs to be heard.
  private static let grace = Interval.seconds(10)
  /// After so long without a request, nobody follows this grandmaster.
  private static let silence = Interval.seconds(60)
  /// So many unanswered requests, over this time at least, are no accident.
  private static let unansweredLimit: UInt64 = 8
  private static let unansweredFor = Interval.seconds(5)
  /// From this priority1 on, ptp4l -s with its default of 128 takes itself for the better clock.
  private static let weakPriority = 128

  private var state: PortState?
  private var stateSince = MonotonicInstant(nanoseconds: 0)
  private var requests: UInt64 = 0
  private var lastRequest = MonotonicInstant(nanoseconds: 0)

  /// The gravest first.
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

  // MARK: What keeps it from being usable

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

  // MARK: What should be corrected

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

  /// A grandmaster that nobody asks may be one that others take for worse than themselves.
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
