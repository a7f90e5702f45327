// SPDX-License-Identifier: MIT
public import MediaClock
public import PTP
internal import SeededRandom

/// Both servos with the same stamps of an exact master, and the errors of each.
public struct ServoBench: Sendable {
  public struct Result: Sendable {
    /// The root mean square and the maximum of the true errors after settling, in nanoseconds.
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
  /// The interval of Syncs, and the mean interval of Delay_Req, in seconds.
  public var syncInterval = 0.125
  public var delayInterval = 1.0
  /// The path delay, in nanoseconds.
  public var delay: Int64 = 5_000

  /// The maximum error of the master's stamps in Syncs, uniformly distributed, in nanoseconds.
  public var syncJitter = 0.0
  /// The maximum error of the master's stamps of Delay_Req, uniformly distributed, in nanoseconds.
  public var delayJitter = 0.0
  /// The interval of Syncs that the master states, in seconds; nil for the actual one.
  public var statedInterval: Double?

  /// The time before which errors are not counted, in seconds.
  public var settling = 120.0
  /// The time for which the master is silent at the end, in seconds.
  public var holdover = 0.0

  /// True to stop at the lock, for measurements of the lock time.
  public var stopsWhenLocked = false

  public private(set) var ours = Result()
  public private(set) var theirs = Result()
  /// The time of the first lock in seconds; nil if there was none.
  public private(set) var lockTime: Double?
  public private(set) var unlocks = 0
  /// The time from which the clock could be used without a lock, in seconds; nil if never.
  public private(set) var inaccurateTime: Double?
  /// The stated accuracy at the end, in nanoseconds.
  public private(set) var accuracy: Double?
  /// The greatest ratio after settling of the true error to the accuracy stated at the same time.
  public private(set) var excess = 0.0
  public private(set) var pathDelay: Double?
  public private(set) var isPathDelayNegative = false
  /// The error of the published rate during holdover, in parts per billion.
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

  /// Returns the error of the published clock, in nanoseconds.
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

  /// Draws no random number if `half` is 0, so that all others are unchanged.
  private func jitter(_ half: Double, _ generator: inout SeededGenerator) -> Int64 {
    half > 0 ? Int64(((2 * generator.fraction() - 1) * half).rounded()) : 0
  }

  private func error(_ generator: inout SeededGenerator) -> Int64 {
    Int64(noise.draw(&generator).rounded())
  }
}
