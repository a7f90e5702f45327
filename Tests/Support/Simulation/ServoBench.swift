// SPDX-License-Identifier: MIT
public import MediaClock
public import PTP
internal import SeededRandom

/// Both servos, fed with the same stamps of one perfect master, and how far each is from the truth.
public struct ServoBench: Sendable {
  public struct Result: Sendable {
    /// In nanoseconds: of the true errors after settling.
    public var rms = 0.0
    public var worst = 0.0
    private var count = 0.0
    private var squares = 0.0

    mutating func add(_ error: Double) {
      count += 1
      squares += error * error
      worst = max(worst, abs(error))
      rms = (squares / count).squareRoot()
    }
  }

  public var oscillator: Oscillator
  public var noise: TimestampNoise
  public var timestamps: TimestampClass
  /// Between Syncs, and between Delay_Req on the average, in seconds.
  public var syncInterval = 0.125
  public var delayInterval = 1.0
  /// One way, in nanoseconds.
  public var delay: Int64 = 5_000

  /// Of the master's Syncs alone: how far each is from the truth at most, evenly spread, in nanoseconds.
  public var syncJitter = 0.0
  /// Of Delay_Req at the master, likewise.
  public var delayJitter = 0.0
  /// What the master says of the time between its Syncs, in seconds; nil for the truth.
  public var statedInterval: Double?

  /// Errors before this are not counted, in seconds.
  public var settling = 120.0
  /// Afterwards the master is silent for so long, in seconds.
  public var holdover = 0.0

  /// For measuring lock times only.
  public var stopsWhenLocked = false

  public private(set) var ours = Result()
  public private(set) var theirs = Result()
  /// In seconds; nil for never.
  public private(set) var lockTime: Double?
  public private(set) var unlocks = 0
  /// When the clock could be used without a lock, in seconds; nil for never.
  public private(set) var inaccurateTime: Double?
  /// How far it may be off by its own account at the end, and its path delay, in nanoseconds.
  public private(set) var accuracy: Double?
  /// The worst true error after settling, as a multiple of what the clock said of its accuracy at that moment.
  public private(set) var excess = 0.0
  public private(set) var pathDelay: Double?
  public private(set) var isPathDelayNegative = false
  /// In parts per billion: the published rate's error at the end.
  public private(set) var finalRateError = 0.0

  public static let epoch = PTPInstant(nanoseconds: 1_795_000_000_000_000_000)

  public init(_ oscillator: Oscillator, _ noise: TimestampNoise, _ timestamps: TimestampClass) {
    self.oscillator = oscillator
    self.noise = noise
    self.timestamps = timestamps
  }

  public mutating func run(seconds: Double, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let start = oscillator.local(at: 0)
    var servo = Servo(
      clock: .freeRunning(from: start, at: Self.epoch, rate: .hz48000), sampleRate: .hz48000,
      timestamps: timestamps)
    var pi = ProportionalIntegral(timestamps, interval: syncInterval, epoch: Self.epoch)
    servo.select(at: start)
    var nextDelay = Int64(generator.fraction() * delayInterval * 1e9)
    var time: Int64 = 0
    var wasLocked = false
    while Double(time) < seconds * 1e9 {
      time += Int64(syncInterval * 1e9)
      while nextDelay < time {
        exchangeDelay(at: nextDelay, &servo, &pi, &generator)
        nextDelay += Int64(2 * generator.fraction() * delayInterval * 1e9) + 1
      }
      let stamp = stamped(time + delay, &generator)
      let sync = SyncMeasurement(
        origin: Self.epoch
          + Interval(nanoseconds: time + error(&generator) + jitter(syncJitter, &generator)),
        correction: .zero,
        received: stamp)
      let now = max(stamp, oscillator.local(at: time + delay))
      let stated = Interval(nanoseconds: Int64((statedInterval ?? syncInterval) * 1e9))
      servo.receive(sync, interval: stated, at: now)
      pi.receive(sync)
      if servo.isLocked, lockTime == nil { lockTime = Double(time) / 1e9 }
      if servo.isInaccurate, inaccurateTime == nil { inaccurateTime = Double(time) / 1e9 }
      if stopsWhenLocked, servo.isLocked { return }
      if wasLocked, !servo.isLocked { unlocks += 1 }
      wasLocked = servo.isLocked
      if Double(time) > settling * 1e9 { judge(at: time + delay, servo, pi) }
    }
    accuracy = servo.accuracy
    pathDelay = servo.meanPathDelay
    isPathDelayNegative = servo.isPathDelayNegative
    if holdover > 0 { hold(from: time, &servo) }
  }

  private mutating func judge(at time: Int64, _ servo: Servo, _ pi: ProportionalIntegral) {
    let local = oscillator.local(at: time)
    let error = trueError(servo, at: time)
    ours.add(error)
    if let said = servo.accuracy { excess = max(excess, abs(error) / said) }
    theirs.add(pi.shown(at: local) - Double(time))
  }

  /// In nanoseconds.
  private mutating func trueError(_ servo: Servo, at time: Int64) -> Double {
    let shown = servo.clock.time(at: oscillator.local(at: time), rate: .hz48000)
    return Double((shown - Self.epoch).nanoseconds - time)
  }

  private mutating func exchangeDelay(
    at time: Int64, _ servo: inout Servo, _ pi: inout ProportionalIntegral,
    _ generator: inout SeededGenerator
  ) {
    let measurement = DelayMeasurement(
      sent: stamped(time, &generator),
      received: Self.epoch
        + Interval(nanoseconds: time + delay + error(&generator) + jitter(delayJitter, &generator)),
      correction: .zero)
    servo.receive(measurement, at: oscillator.local(at: time + 2 * delay))
    pi.receive(measurement)
  }

  private mutating func hold(from time: Int64, _ servo: inout Servo) {
    servo.advance(to: oscillator.local(at: time + 2_000_000_000))
    let before = trueError(servo, at: time + 2_000_000_000)
    let end = time + 2_000_000_000 + Int64(holdover * 1e9)
    servo.advance(to: oscillator.local(at: end))
    finalRateError = (trueError(servo, at: end) - before) / holdover
  }

  private mutating func stamped(
    _ time: Int64, _ generator: inout SeededGenerator
  ) -> MonotonicInstant {
    oscillator.local(at: time) + Interval(nanoseconds: error(&generator))
  }

  /// Draws nothing where there is none, so that the other numbers stay as they were.
  private func jitter(_ half: Double, _ generator: inout SeededGenerator) -> Int64 {
    half > 0 ? Int64(((2 * generator.fraction() - 1) * half).rounded()) : 0
  }

  private func error(_ generator: inout SeededGenerator) -> Int64 {
    Int64(noise.draw(&generator).rounded())
  }
}
