// SPDX-License-Identifier: MIT
internal import MediaClock

/// How the published clock gets to where the master is: at the master's rate, with what phase is left slewed
/// away within limits. In lock it never steps (SRV-03).
struct Steering: Sendable {
  /// In parts per billion.
  static let gentleSlew = 100_000.0
  static let hurriedSlew = 500_000.0
  /// A phase is slewed away in about two Syncs, but not faster than this, in seconds.
  static let slewTime = 0.1
  /// Distances beyond this are the media offset's affair, in nanoseconds.
  static let slewReach = 1_000_000.0

  /// What is published.
  private(set) var clock: DeviceClock
  let sampleRate: SampleRate
  private let nominalRate: UInt64
  /// The last good rate: parts per billion; what remains when the master is gone.
  var rate = 0.0
  /// Before the first lock no stream runs that a step could hurt.
  var hasSettled: Bool
  /// After a change of master the clock may be slewed harder, until it has arrived.
  var isHurried = false

  private(set) var rebases: UInt64 = 0
  private(set) var lastRebase: Rebase?
  /// Why the next one would be.
  var cause = Rebase.Cause.start

  /// - Parameter isInUse: streams run by `clock` already, which goes on at its rate then; otherwise its rate is
  ///   taken for the nominal one.
  init(_ clock: DeviceClock, _ sampleRate: SampleRate, isInUse: Bool) {
    self.clock = clock
    self.sampleRate = sampleRate
    hasSettled = isInUse
    guard isInUse else {
      nominalRate = clock.relation.rate
      return
    }
    nominalRate = ClockRelation.nominalRate(sampleRate)
    let excess = Double(Int64(clock.relation.rate) - Int64(nominalRate))
    rate = excess / Double(nominalRate) * 1_000_000_000
  }

  /// Points the published clock at `target`, which is the master's time at `now`.
  ///
  /// - Parameters:
  ///   - interval: between Syncs.
  ///   - arrival: nanoseconds within which the clock has arrived.
  /// - Returns: what the media offset took up, if the master was so far away.
  mutating func approach(
    _ target: PTPInstant, at now: MonotonicInstant, interval: Interval, isLocked: Bool,
    arrival: Double
  ) -> Rebase? {
    var distance = Interval(
      nanoseconds: target.nanoseconds
        &- clock.time(at: now, rate: sampleRate).nanoseconds)
    let reach = hasSettled ? Self.slewReach : Double(sampleRate.interval(of: 1).nanoseconds)
    var rebase: Rebase?
    if abs(Double(distance.nanoseconds)) > reach {
      let frames = sampleRate.frames(in: distance)
      clock.mediaOffset.frames &+= frames
      clock.generation &+= 1
      rebases += 1
      rebase = Rebase(frames: frames, cause: cause)
      lastRebase = rebase
      distance = distance - sampleRate.interval(of: frames)
    }
    let error = Double(distance.nanoseconds)
    if abs(error) < arrival { isHurried = false }
    if isLocked { hasSettled = true }
    let limit = isHurried ? Self.hurriedSlew : Self.gentleSlew
    let wanted = error / max(Self.slewTime, 2 * interval.seconds)
    steer(
      at: now, slew: min(max(wanted, -limit), limit), state: isLocked ? .locked : .acquiring)
    return rebase
  }

  /// Goes on from where the clock is, at another rate: nothing that was published is contradicted.
  ///
  /// - Parameter slew: parts per billion, beside the rate.
  mutating func steer(at now: MonotonicInstant, slew: Double = 0, state: ClockState) {
    clock.relation = clock.relation.rebased(to: max(now, clock.relation.base))
    let change = Double(nominalRate) * (rate + slew) / 1_000_000_000
    clock.relation.rate = UInt64(Int64(nominalRate) + Int64(change.rounded()))
    clock.state = state
  }
}
