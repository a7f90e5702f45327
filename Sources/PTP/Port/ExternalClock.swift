// SPDX-License-Identifier: MIT
public import MediaClock

/// A clock that somebody else keeps on this host and that can simply be read, such as a network card's
/// that ptp4l disciplines: the device clock is steered by it instead of by messages.
///
/// Without input or output of its own, like `OrdinaryClock`. A reading goes to the same servo as a
/// Sync and a Delay_Req would: what lies between the two system readings is its path, there and back.
public struct ExternalClock: Sendable {
  public private(set) var servo: Servo

  /// Between readings: sixteen make the first line in two seconds.
  public static let interval = Interval.milliseconds(125)

  /// - Parameters:
  ///   - clock: what is published already.
  ///   - isInUse: streams run by `clock` already, so that small distances are slewed away.
  public init(clock: DeviceClock, isInUse: Bool = false, sampleRate: SampleRate = .hz48000) {
    servo = Servo(
      clock: clock, sampleRate: sampleRate, timestamps: .hardware, isInUse: isInUse)
  }

  /// The clock can be read, for the first time or again.
  public mutating func found(at now: MonotonicInstant) { servo.select(at: now) }

  /// The clock is gone: ours continues at the last rate.
  public mutating func lost(at now: MonotonicInstant) { servo.release(at: now) }

  /// Takes in one reading, made between two moments of CLOCK_MONOTONIC.
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

  /// Readings that do not come are missed.
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
