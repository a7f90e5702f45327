// SPDX-License-Identifier: MIT
public import MediaClock

/// A clock of this host that another program steers and that can be read, such as a network card's that ptp4l
/// disciplines. It steers the device clock instead of messages.
///
/// It has no input or output of its own, like `OrdinaryClock`. A reading goes to the same servo as a Sync and a
/// Delay_Req: the time between the two system readings is its path in both directions.
public struct ExternalClock: Sendable {
  public private(set) var servo: Servo

  /// The interval of readings: sixteen make the first line in two seconds.
  public static let interval = Interval.milliseconds(125)

  /// - Parameters:
  ///   - clock: the published clock.
  ///   - isInUse: true if streams already use `clock`, so that small distances are slewed.
  public init(clock: DeviceClock, isInUse: Bool = false, sampleRate: SampleRate = .hz48000) {
    servo = Servo(
      clock: clock, sampleRate: sampleRate, timestamps: .hardware, isInUse: isInUse)
  }

  /// Notes that the clock can be read, for the first time or again.
  public mutating func found(at now: MonotonicInstant) { servo.select(at: now) }

  /// Notes that the clock has disappeared: ours continues at the last rate.
  public mutating func lost(at now: MonotonicInstant) { servo.release(at: now) }

  /// Takes one reading, made between two instants of CLOCK_MONOTONIC.
  public mutating func receive(
    _ time: PTPInstant, after before: MonotonicInstant, before after: MonotonicInstant,
    at now: MonotonicInstant
  ) {
    servo.receive(
      SyncMeasurement(origin: time, correction: .zero, received: after),
      interval: Self.interval, at: now)
    servo.receive(
      DelayMeasurement(sent: before, received: time, correction: .zero), at: now)
  }

  public var deadline: MonotonicInstant? { servo.deadline }

  /// Detects missing readings.
  public mutating func advance(to now: MonotonicInstant) { servo.advance(to: now) }

  public mutating func nextEvent() -> Event? {
    switch servo.nextEvent() {
    case .locked: .locked
    case .unlocked: .unlocked
    case .rebased(let rebase): .rebased(rebase)
    case .inaccurate(let within): .inaccurate(within: within)
    case nil: nil
    }
  }
}
