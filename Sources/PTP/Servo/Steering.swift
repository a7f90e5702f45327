// SPDX-License-Identifier: MIT
internal import MediaClock

/// Steers the published clock to the master: at the master's rate, with the remaining phase slewed within
/// limits. While locked it never steps (SRV-03).
struct Steering: Sendable {
  /// In parts per billion.
  static let gentleSlew = 100_000.0
  static let hurriedSlew = 500_000.0
  /// The minimum time for slewing a phase in seconds; normally it takes about two Syncs.
  static let slewTime = 0.1
  /// The distance in nanoseconds beyond which the media offset absorbs it.
  static let slewReach = 1_000_000.0

  /// The published clock.
  private(set) var clock: DeviceClock
  let sampleRate: SampleRate
  private let nominalRate: UInt64
  /// The last good rate in parts per billion, which remains when the master is gone.
  var rate = 0.0
  /// False before the first lock, when no stream runs that a step could disturb.
  var hasSettled: Bool
  /// True after a change of master, when the clock may be slewed faster until it has arrived.
  var isHurried = false

  private(set) var rebases: UInt64 = 0
  private(set) var lastRebase: Rebase?
  /// The cause of the next re-base.
  var cause = Rebase.Cause.start

  /// - Parameter isInUse: true if streams already use `clock`, which then continues at its rate; otherwise its
  ///   rate is assumed to be the nominal one.
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

  /// Steers the published clock to `target`, which is the master's time at `now`.
  ///
  /// - Parameters:
  ///   - interval: the time between Syncs.
  ///   - arrival: the distance within which the clock has arrived, in nanoseconds.
  /// - Returns: the part that the media offset absorbed, if the master was that far away.
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

  /// Continues from the present clock at another rate, so that published values remain valid.
  ///
  /// - Parameter slew: in parts per billion, in addition to the rate.
  mutating func steer(at now: MonotonicInstant, slew: Double = 0, state: ClockState) {
    clock.relation = clock.relation.rebased(to: max(now, clock.relation.base))
    let change = Double(nominalRate) * (rate + slew) / 1_000_000_000
    clock.relation.rate = UInt64(Int64(nominalRate) + Int64(change.rounded()))
    clock.state = state
  }
}
