// SPDX-License-Identifier: MIT
public import MediaClock

/// One Sync: its departure from the master, and its arrival here (SLV-01).
public struct SyncMeasurement: Hashable, Sendable, BitwiseCopyable {
  /// t1, without the corrections.
  public var origin: PTPInstant
  /// The correction of Sync and Follow_Up, which is added to t1.
  public var correction: TimeInterval
  /// t2.
  public var received: MonotonicInstant

  public init(origin: PTPInstant, correction: TimeInterval, received: MonotonicInstant) {
    self.origin = origin
    self.correction = correction
    self.received = received
  }
}

/// One Delay_Req: its departure here, and its arrival at the master (SLV-02).
public struct DelayMeasurement: Hashable, Sendable, BitwiseCopyable {
  /// t3.
  public var sent: MonotonicInstant
  /// t4, without the correction.
  public var received: PTPInstant
  /// The correction of the Delay_Resp, which is subtracted from t4.
  public var correction: TimeInterval

  public init(sent: MonotonicInstant, received: PTPInstant, correction: TimeInterval) {
    self.sent = sent
    self.received = received
    self.correction = correction
  }
}

/// A pair of instants as the origin of measurements, so that the difference is small enough for a Double: the
/// nanoseconds that the master's clock has gained on ours since.
struct Origin: Sendable, BitwiseCopyable {
  var monotonic: MonotonicInstant
  var ptp: PTPInstant

  /// The gain of master minus local in nanoseconds, from a Sync: too small by the path delay.
  func gain(_ sync: SyncMeasurement) -> Double {
    gain(sync.origin, sync.received) + sync.correction.nanoseconds
  }

  /// The same from a Delay_Req: too large by the path delay.
  func gain(_ delay: DelayMeasurement) -> Double {
    gain(delay.received, delay.sent) - delay.correction.nanoseconds
  }

  /// The difference of instants within 2^62 nanoseconds, so that the subtractions cannot overflow twice.
  private func gain(_ there: PTPInstant, _ here: MonotonicInstant) -> Double {
    let remote = there.nanoseconds &- ptp.nanoseconds
    let local = here.nanoseconds &- monotonic.nanoseconds
    return Double(remote &- local)
  }

  /// The master's time at `instant`, if it has gained `gain` nanoseconds.
  func time(at instant: MonotonicInstant, gain: Double) -> PTPInstant {
    let whole = Int64(exactly: gain.rounded()) ?? 0
    return PTPInstant(
      nanoseconds: ptp.nanoseconds &+ (instant.nanoseconds &- monotonic.nanoseconds) &+ whole)
  }
}
