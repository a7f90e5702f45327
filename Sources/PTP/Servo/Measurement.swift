// SPDX-License-Identifier: MIT
public import MediaClock

/// One Sync: when it left the master, and when it arrived here (SLV-01).
public struct SyncMeasurement: Hashable, Sendable, BitwiseCopyable {
  /// t1, without the corrections.
  public var origin: PTPInstant
  /// Of Sync and Follow_Up; to be added to t1.
  public var correction: TimeInterval
  /// t2.
  public var received: MonotonicInstant

  public init(origin: PTPInstant, correction: TimeInterval, received: MonotonicInstant) {
    self.origin = origin
    self.correction = correction
    self.received = received
  }
}

/// One Delay_Req: when it left here, and when it arrived at the master (SLV-02).
public struct DelayMeasurement: Hashable, Sendable, BitwiseCopyable {
  /// t3.
  public var sent: MonotonicInstant
  /// t4, without the correction.
  public var received: PTPInstant
  /// Of the Delay_Resp; to be subtracted from t4.
  public var correction: TimeInterval

  public init(sent: MonotonicInstant, received: PTPInstant, correction: TimeInterval) {
    self.sent = sent
    self.received = received
    self.correction = correction
  }
}

/// A pair of moments that measurements are told apart from, so that what remains is small enough for a
/// Double: nanoseconds that the master's clock has gained on ours since.
struct Origin: Sendable, BitwiseCopyable {
  var monotonic: MonotonicInstant
  var ptp: PTPInstant

  /// Of master minus local, in nanoseconds, as a Sync shows it: too little by the path delay.
  func gain(_ sync: SyncMeasurement) -> Double {
    gain(sync.origin, sync.received) + sync.correction.nanoseconds
  }

  /// The same as a Delay_Req shows it: too much by the path delay.
  func gain(_ delay: DelayMeasurement) -> Double {
    gain(delay.received, delay.sent) - delay.correction.nanoseconds
  }

  /// Differences of moments within 2^62 nanoseconds: the subtractions cannot overflow twice.
  private func gain(_ there: PTPInstant, _ here: MonotonicInstant) -> Double {
    let remote = there.nanoseconds &- ptp.nanoseconds
    let local = here.nanoseconds &- monotonic.nanoseconds
    return Double(remote &- local)
  }

  /// The master's time at `instant`, when it has gained `gain` nanoseconds.
  func time(at instant: MonotonicInstant, gain: Double) -> PTPInstant {
    let whole = Int64(exactly: gain.rounded()) ?? 0
    return PTPInstant(
      nanoseconds: ptp.nanoseconds &+ (instant.nanoseconds &- monotonic.nanoseconds) &+ whole)
  }
}
