// SPDX-License-Identifier: MIT
public import MediaClock

/// Steers the device clock so that it shows the master's time.
///
/// Two halves. The estimator knows how the master's clock runs against CLOCK_MONOTONIC; the steering
/// gives the published clock that rate, and slews away what phase is left within limits: in lock the
/// published clock never steps (SRV-03). When the master's time lies far away, `mediaOffset` alone
/// takes up the distance in whole frames, after 16 Syncs and a path delay that agree.
///
///     free --select--> acquiring --line and delay--> tracking --16 strange Syncs--> acquiring
///     any  --lead-->   free (state: grandmaster)
public struct Servo: Sendable {
  /// What to publish.
  public private(set) var clock: DeviceClock

  /// What happened that somebody should be told.
  public enum Event: Hashable, Sendable {
    case locked
    case unlocked
    case rebased(Rebase)
  }

  private enum Phase: Sendable {
    case free
    /// Waiting for a line through the master's first Syncs, or through its strange ones.
    case acquiring(Acquisition?)
    case tracking(Origin, Estimator)
  }

  private let sampleRate: SampleRate
  private let nominalRate: UInt64
  private let timestamps: TimestampClass
  private var phase: Phase = .free
  private var delays = DelayFilter()
  private var lock: LockDetector
  /// Consecutive Syncs that were far from what was expected.
  private var strange: Acquisition?
  private var strangeCount = 0
  /// The last good rate: parts per billion; what remains when the master is gone.
  public private(set) var rate = 0.0
  /// Before the first lock no stream runs that a step could hurt.
  private var hasSettled: Bool
  /// After a change of master the clock may be slewed harder, until it has arrived.
  private var isHurried = false
  private var lastSync: MonotonicInstant?
  /// Between Syncs, as the master says.
  private var syncInterval: Interval = .seconds(1)
  private var events: [Event] = []

  /// Syncs that were not believed.
  public private(set) var outliers: UInt64 = 0
  /// Re-bases of the media offset.
  public private(set) var rebases: UInt64 = 0
  public private(set) var lastRebase: Rebase?
  /// Why the next one would be.
  private var cause = Rebase.Cause.start

  /// In parts per billion.
  static let gentleSlew = 100_000.0
  static let hurriedSlew = 500_000.0
  /// A phase is slewed away in about two Syncs, but not faster than this, in seconds.
  static let slewTime = 0.1
  /// Distances beyond this are the media offset's affair, in nanoseconds.
  static let slewReach = 1_000_000.0
  /// So many strange Syncs in a row are a new epoch; a stall of the machine makes fewer.
  static let strangeLimit = 16

  /// - Parameters:
  ///   - clock: what is published already; its state is free-running, unless it is in use.
  ///   - isInUse: streams run by `clock` already. It then goes on at its rate, and small distances are
  ///     slewed away as after a change of master; otherwise its rate is taken for the nominal one.
  public init(
    clock: DeviceClock, sampleRate: SampleRate, timestamps: TimestampClass, isInUse: Bool = false
  ) {
    self.clock = clock
    self.sampleRate = sampleRate
    self.timestamps = timestamps
    lock = LockDetector(timestamps)
    hasSettled = isInUse
    guard isInUse else {
      nominalRate = clock.relation.rate
      return
    }
    nominalRate = ClockRelation.nominalRate(sampleRate)
    let excess = Double(Int64(clock.relation.rate) - Int64(nominalRate))
    rate = excess / Double(nominalRate) * 1_000_000_000
  }

  public var isLocked: Bool { lock.isLocked }
  /// Published minus master, the median of 16 Syncs, in nanoseconds.
  public var offset: Double? { lock.offset }
  /// The median distance from that, in nanoseconds.
  public var jitter: Double? { lock.deviation }
  /// In nanoseconds.
  public var meanPathDelay: Double? { delays.delay }
  public var rejectedDelays: UInt64 { delays.rejected }

  mutating func nextEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

  // MARK: Roles

  /// A master was chosen: forget the phase of the last one, keep its rate (BMC-10).
  public mutating func select(at now: MonotonicInstant) {
    phase = .acquiring(nil)
    forget()
    isHurried = true
    cause = hasSettled ? .master : .start
    lastSync = nil
    steer(at: now, slew: 0, state: .acquiring)
  }

  /// This clock is the grandmaster: go on as it is.
  public mutating func lead(at now: MonotonicInstant) {
    phase = .free
    forget()
    lastSync = nil
    hasSettled = true
    steer(at: now, slew: 0, state: .grandmaster)
  }

  /// Nobody is followed: go on as it is.
  public mutating func release(at now: MonotonicInstant) {
    phase = .free
    forget()
    lastSync = nil
    steer(at: now, slew: 0, state: rate == 0 ? .freeRunning : .holdover)
  }

  private mutating func forget() {
    delays.reset()
    setLock { $0.reset() }
    strange = nil
    strangeCount = 0
  }

  // MARK: Measurements

  /// - Parameter now: when the change is published, hardly later than the Sync.
  public mutating func receive(
    _ sync: SyncMeasurement, interval: Interval, at now: MonotonicInstant
  ) {
    syncInterval = interval
    lastSync = sync.received
    switch phase {
    case .free: break
    case .acquiring(let acquisition):
      var next = acquisition ?? Acquisition(sync)
      if acquisition != nil { next.add(sync) }
      phase = .acquiring(next)
      acquire(next, at: now)
    case .tracking(let origin, let estimator):
      track(sync, origin, estimator, at: now)
    }
  }

  public mutating func receive(_ delay: DelayMeasurement, at now: MonotonicInstant) {
    switch phase {
    case .free: break
    case .acquiring(let acquisition):
      guard var next = acquisition else { return }
      next.add(delay)
      phase = .acquiring(next)
      acquire(next, at: now)
    case .tracking(let origin, let estimator):
      strange?.add(delay)
      guard strangeCount == 0 else { return }
      delays.add((origin.gain(delay) - estimator.gain(at: delay.sent)) / 2)
    }
  }

  /// Goes over to tracking once there is a line and a path delay that fits it.
  private mutating func acquire(_ acquisition: Acquisition, at now: MonotonicInstant) {
    let gate = 4 * timestamps.narrowestGate
    guard let fit = acquisition.fit(gate: gate) else { return }
    let estimator = Estimator(fit, noiseFloor: timestamps.narrowestGate / 200)
    delays.reset()
    for delay in acquisition.delays {
      delays.add((delay.gain - estimator.gain(at: delay.at)) / 2)
    }
    guard delays.delay != nil else { return }
    phase = .tracking(acquisition.origin, estimator)
    strange = nil
    strangeCount = 0
    rate = estimator.rate
    follow(acquisition.origin, estimator, at: now)
  }

  private mutating func track(
    _ sync: SyncMeasurement, _ origin: Origin, _ estimator: Estimator, at now: MonotonicInstant
  ) {
    var estimator = estimator
    guard sync.received >= estimator.at else { return }
    let measured = origin.gain(sync)
    let innovation = measured - estimator.gain(at: sync.received)
    let gate = estimator.gate(at: sync.received, narrowest: timestamps.narrowestGate)
    estimator.observe(innovation: innovation)
    if abs(innovation) > gate {
      phase = .tracking(origin, estimator)
      suspect(sync, at: now)
      return
    }
    strange = nil
    strangeCount = 0
    estimator.update(measured, at: sync.received)
    phase = .tracking(origin, estimator)
    rate = estimator.rate
    let shown = clock.time(at: sync.received, rate: sampleRate)
    let delay = delays.delay ?? 0
    let expected = origin.time(at: sync.received, gain: 0)
    let offset = Double(shown.nanoseconds &- expected.nanoseconds)
    setLock { $0.add(offset - measured - delay, at: sync.received) }
    follow(origin, estimator, at: now)
  }

  /// One Sync was far from what was expected: an outlier, or the first of a new epoch.
  private mutating func suspect(_ sync: SyncMeasurement, at now: MonotonicInstant) {
    outliers += 1
    strangeCount += 1
    if strange == nil { strange = Acquisition(sync) } else { strange?.add(sync) }
    guard strangeCount >= Self.strangeLimit, let seen = strange else { return }
    phase = .acquiring(seen)
    cause = .epoch
    strange = nil
    strangeCount = 0
    isHurried = true
    setLock { $0.reset() }
    steer(at: now, slew: 0, state: .acquiring)
    acquire(seen, at: now)
  }

  // MARK: Steering

  /// Points the published clock at where the estimator says the master is.
  private mutating func follow(
    _ origin: Origin, _ estimator: Estimator, at now: MonotonicInstant
  ) {
    let target = origin.time(at: now, gain: estimator.gain(at: now) + (delays.delay ?? 0))
    var distance = Interval(
      nanoseconds: target.nanoseconds
        &- clock.time(at: now, rate: sampleRate).nanoseconds)
    let reach = hasSettled ? Self.slewReach : Double(sampleRate.interval(of: 1).nanoseconds)
    if abs(Double(distance.nanoseconds)) > reach {
      let frames = sampleRate.frames(in: distance)
      clock.mediaOffset.frames &+= frames
      clock.generation &+= 1
      rebases += 1
      let rebase = Rebase(frames: frames, cause: cause)
      lastRebase = rebase
      events.append(.rebased(rebase))
      distance = distance - sampleRate.interval(of: frames)
    }
    let error = Double(distance.nanoseconds)
    if abs(error) < timestamps.lockOffset / 10 { isHurried = false }
    if lock.isLocked { hasSettled = true }
    let limit = isHurried ? Self.hurriedSlew : Self.gentleSlew
    let wanted = error / max(Self.slewTime, 2 * syncInterval.seconds)
    steer(
      at: now, slew: min(max(wanted, -limit), limit), state: lock.isLocked ? .locked : .acquiring)
  }

  /// Goes on from where the clock is, at another rate: nothing that was published is contradicted.
  /// - Parameter slew: parts per billion, beside the rate.
  private mutating func steer(at now: MonotonicInstant, slew: Double, state: ClockState) {
    clock.relation = clock.relation.rebased(to: max(now, clock.relation.base))
    let change = Double(nominalRate) * (rate + slew) / 1_000_000_000
    clock.relation.rate = UInt64(Int64(nominalRate) + Int64(change.rounded()))
    clock.state = state
  }

  private mutating func setLock(_ change: (inout LockDetector) -> Void) {
    let before = lock.isLocked
    change(&lock)
    if before != lock.isLocked { events.append(lock.isLocked ? .locked : .unlocked) }
  }

  // MARK: Holdover

  /// Syncs that are missing for so long are gone (SLV-08).
  private var holdoverDelay: Interval { max(.seconds(1), syncInterval * 8) }

  /// When `advance` has something to do; nil for never.
  public var deadline: MonotonicInstant? {
    guard let lastSync else { return nil }
    switch clock.state {
    case .locked, .acquiring: return lastSync + holdoverDelay
    case .holdover: return isLocked ? lastSync + max(.seconds(3), holdoverDelay) : nil
    case .freeRunning, .grandmaster: return nil
    }
  }

  /// Without Syncs, the last rate is kept and no more phase is slewed. After 3 s the lock is given up.
  public mutating func advance(to now: MonotonicInstant) {
    guard let deadline, now >= deadline else { return }
    if clock.state == .holdover {
      setLock { $0.reset() }
    } else if hasSettled {
      steer(at: now, slew: 0, state: .holdover)
    } else {
      steer(at: now, slew: 0, state: .acquiring)
      lastSync = nil
    }
  }
}
