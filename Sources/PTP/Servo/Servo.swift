// SPDX-License-Identifier: MIT
public import MediaClock

/// Steers the device clock so that it shows the master's time.
///
/// It has two halves. The estimator determines how the master's clock runs against CLOCK_MONOTONIC.
/// ``Steering`` gives the published clock that rate, and slews the remaining phase. If the master's time is far
/// away, `mediaOffset` alone absorbs the distance in whole frames, after 16 Syncs and a path delay that agree.
///
///     free --select--> acquiring --line and delay--> tracking --16 strange Syncs--> acquiring
///     any  --lead-->   free (state: grandmaster)
public struct Servo: Sendable {
  /// An event that must be reported.
  public enum Event: Hashable, Sendable {
    case locked
    case unlocked
    case rebased(Rebase)
    /// A master was followed for long without a lock: the clock is usable nevertheless, within so many
    /// nanoseconds.
    case inaccurate(within: Double)
  }

  private enum Phase: Sendable {
    case free
    /// Waiting for a line through the master's first Syncs, or through its strange ones.
    case acquiring(Acquisition?)
    case tracking(Origin, Estimator)
  }

  private let timestamps: TimestampClass
  private var steering: Steering
  private var phase: Phase = .free
  private var delays: DelayFilter
  private var lock: LockDetector
  /// Consecutive Syncs that were far from their expected values.
  private var strange: Acquisition?
  private var strangeCount = 0
  private var lastSync: MonotonicInstant?
  private var spacing = SyncSpacing()
  /// The time since which this master is followed without a lock.
  private var unlockedSince: MonotonicInstant?
  /// True if it was followed for so long without a lock that the clock is used as it is.
  public private(set) var isInaccurate = false
  /// The time after which the clock is used without a lock.
  static let lockTimeout: Interval = .seconds(60)
  private var events: [Event] = []

  /// The number of rejected Syncs.
  public private(set) var outliers: UInt64 = 0
  /// The number of strange Syncs in a row that mean a new epoch; a stall of the machine causes fewer.
  static let strangeLimit = 16

  /// - Parameters:
  ///   - clock: the published clock; its state is free-running, unless it is in use.
  ///   - isInUse: true if streams already use `clock`. It then continues at its rate, and small distances are
  ///     slewed as after a change of master; otherwise its rate is assumed to be the nominal one.
  public init(
    clock: DeviceClock, sampleRate: SampleRate, timestamps: TimestampClass, isInUse: Bool = false
  ) {
    steering = Steering(clock, sampleRate, isInUse: isInUse)
    self.timestamps = timestamps
    delays = DelayFilter(floor: timestamps.narrowestGate)
    lock = LockDetector(timestamps)
  }

  /// The clock to publish.
  public var clock: DeviceClock { steering.clock }
  /// The last good rate in parts per billion, which remains when the master is gone.
  public var rate: Double { steering.rate }
  /// The number of re-bases of the media offset.
  public var rebases: UInt64 { steering.rebases }
  public var lastRebase: Rebase? { steering.lastRebase }
  public var isLocked: Bool { lock.isLocked }
  /// Published minus master, the median of 16 Syncs, in nanoseconds.
  public var offset: Double? { lock.offset }
  /// The median distance from that, in nanoseconds.
  public var jitter: Double? { lock.deviation }
  /// The path delay in nanoseconds; negative if timestamps are overcorrected.
  public var meanPathDelay: Double? { delays.delay }
  /// Returns true if the path delay is negative beyond the noise of the timestamps.
  public var isPathDelayNegative: Bool { delays.isNegative }
  /// The maximum error of the published clock against the master's in nanoseconds, without an asymmetric path;
  /// nil while no master is followed.
  public var accuracy: Double? { lock.accuracy }
  /// The jitter of the Syncs of a master that cannot be followed yet, in nanoseconds; nil if there were too
  /// few, or if it is followed.
  public var scatter: Double? {
    if case .acquiring(let acquisition) = phase { acquisition?.scatter } else { nil }
  }
  /// Returns true if the master's time is known well enough to be followed.
  public var isTracking: Bool { if case .tracking = phase { true } else { false } }

  mutating func nextEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

  // MARK: Roles

  /// Begins with a new master: forgets the phase of the last one, and keeps its rate (BMC-10).
  public mutating func select(at now: MonotonicInstant) {
    phase = .acquiring(nil)
    forget()
    steering.isHurried = true
    steering.cause = steering.hasSettled ? .master : .start
    lastSync = nil
    unlockedSince = now
    steering.steer(at: now, state: .acquiring)
  }

  /// Becomes grandmaster: continues as it is.
  public mutating func lead(at now: MonotonicInstant) {
    phase = .free
    forget()
    lastSync = nil
    steering.hasSettled = true
    steering.steer(at: now, state: .grandmaster)
  }

  /// Follows no master: continues as it is.
  public mutating func release(at now: MonotonicInstant) {
    phase = .free
    forget()
    lastSync = nil
    steering.steer(at: now, state: rate == 0 ? .freeRunning : .holdover)
  }

  private mutating func forget() {
    delays.reset()
    setLock { $0.reset() }
    strange = nil
    strangeCount = 0
    spacing = SyncSpacing()
    unlockedSince = nil
    isInaccurate = false
  }

  // MARK: Measurements

  /// - Parameters:
  ///   - interval: the time between Syncs that the master states; the measured one counts if it is longer.
  ///   - now: the time at which the change is published, hardly later than the Sync.
  public mutating func receive(
    _ sync: SyncMeasurement, interval: Interval, at now: MonotonicInstant
  ) {
    spacing.add(sync.received, stated: interval)
    lastSync = max(lastSync ?? sync.received, sync.received)
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

  /// Begins to track once there is a line, and a path delay that fits it.
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
    steering.rate = estimator.rate
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
      lock.show(offset: shownOffset(origin, at: sync.received) - measured - (delays.delay ?? 0))
      suspect(sync, at: now)
      return
    }
    strange = nil
    strangeCount = 0
    estimator.update(measured, at: sync.received)
    phase = .tracking(origin, estimator)
    steering.rate = estimator.rate
    let delay = delays.delay ?? 0
    let offset = shownOffset(origin, at: sync.received)
    let error = offset - estimator.gain(at: sync.received) - delay
    let uncertainty = uncertainty(estimator)
    setLock {
      $0.add(
        offset: offset - measured - delay, error: error, uncertainty: uncertainty,
        at: sync.received)
    }
    judgeAccuracy(at: now)
    follow(origin, estimator, at: now)
  }

  /// The published clock less a line of the host's own rate from the origin, in nanoseconds.
  private func shownOffset(_ origin: Origin, at instant: MonotonicInstant) -> Double {
    let shown = clock.time(at: instant, rate: steering.sampleRate)
    return Double(shown.nanoseconds &- origin.time(at: instant, gain: 0).nanoseconds)
  }

  /// The standard deviation of the estimate in nanoseconds, path delay included.
  private func uncertainty(_ estimator: Estimator) -> Double {
    let count = Double(min(max(delays.count, 1), 64))
    // With few delays their scatter is unknown; half of a timestamp's noise is assumed.
    let ofDelay = delays.uncertainty ?? estimator.noise / 2 / count.squareRoot()
    let ofGain = estimator.uncertainty
    return (ofGain * ofGain + ofDelay * ofDelay).squareRoot()
  }

  /// Accepts a master that is too noisy for a lock after a long time.
  private mutating func judgeAccuracy(at now: MonotonicInstant) {
    if lock.isLocked { unlockedSince = nil } else if unlockedSince == nil { unlockedSince = now }
    guard let since = unlockedSince, now - since >= Self.lockTimeout, !isInaccurate,
      let accuracy = lock.accuracy
    else { return }
    isInaccurate = true
    steering.hasSettled = true
    events.append(.inaccurate(within: accuracy))
  }

  /// Considers a Sync that was far from its expected value: an outlier, or the first of a new epoch.
  private mutating func suspect(_ sync: SyncMeasurement, at now: MonotonicInstant) {
    outliers += 1
    strangeCount += 1
    if strange == nil { strange = Acquisition(sync) } else { strange?.add(sync) }
    guard strangeCount >= Self.strangeLimit, let seen = strange else { return }
    phase = .acquiring(seen)
    steering.cause = .epoch
    strange = nil
    strangeCount = 0
    steering.isHurried = true
    setLock { $0.reset() }
    steering.steer(at: now, state: .acquiring)
    acquire(seen, at: now)
  }

  /// Steers the published clock to the estimate of the master.
  private mutating func follow(
    _ origin: Origin, _ estimator: Estimator, at now: MonotonicInstant
  ) {
    let target = origin.time(at: now, gain: estimator.gain(at: now) + (delays.delay ?? 0))
    let rebase = steering.approach(
      target, at: now, interval: spacing.interval, isLocked: lock.isLocked,
      arrival: timestamps.lockOffset / 10)
    if let rebase { events.append(.rebased(rebase)) }
  }

  private mutating func setLock(_ change: (inout LockDetector) -> Void) {
    let before = lock.isLocked
    change(&lock)
    if before != lock.isLocked { events.append(lock.isLocked ? .locked : .unlocked) }
    if lock.isLocked { isInaccurate = false }
  }

  // MARK: Holdover

  /// The time without Syncs after which they count as missing (SLV-08).
  private var holdoverDelay: Interval { max(.seconds(1), spacing.interval * 8) }

  /// The time of the next call of `advance`; nil for never.
  public var deadline: MonotonicInstant? {
    guard let lastSync else { return nil }
    switch clock.state {
    case .locked, .acquiring: return lastSync + holdoverDelay
    case .holdover: return isLocked ? lastSync + max(.seconds(3), holdoverDelay) : nil
    case .freeRunning, .grandmaster: return nil
    }
  }

  /// Without Syncs, keeps the last rate and stops slewing. After 3 s the lock is given up.
  public mutating func advance(to now: MonotonicInstant) {
    guard let deadline, now >= deadline else { return }
    if clock.state == .holdover {
      setLock { $0.reset() }
    } else if steering.hasSettled {
      steering.steer(at: now, state: .holdover)
    } else {
      steering.steer(at: now, state: .acquiring)
      lastSync = nil
    }
  }
}
