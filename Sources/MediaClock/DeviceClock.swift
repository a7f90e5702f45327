// SPDX-License-Identifier: MIT

/// The relation of the device clock to the network's clock. The raw values are those of the shared memory.
public enum ClockState: UInt32, Sendable, BitwiseCopyable {
  case freeRunning = 0
  case acquiring = 1
  case locked = 2
  case holdover = 3
  case grandmaster = 4
}

/// The published device clock: the map, the media offset, and the state.
@frozen
public struct DeviceClock: Hashable, Sendable, BitwiseCopyable {
  public var relation: ClockRelation
  public var mediaOffset: MediaOffset
  public var state: ClockState
  /// Increases by one with every re-base of the media offset.
  public var generation: UInt32

  @inlinable @_noLocks @_noAllocation
  public init(
    relation: ClockRelation, mediaOffset: MediaOffset, state: ClockState, generation: UInt32
  ) {
    self.relation = relation
    self.mediaOffset = mediaOffset
    self.state = state
    self.generation = generation
  }

  /// A clock that free-runs on CLOCK_MONOTONIC from `now`, which is `time` on the PTP time scale.
  ///
  /// Device frame 0 is the media frame at `now`, so that both counts begin a frame together.
  public static func freeRunning(
    from now: MonotonicInstant, at time: PTPInstant, rate: SampleRate
  ) -> DeviceClock {
    let (media, fraction) = rate.split(time)
    return DeviceClock(
      relation: ClockRelation(
        base: now, frame: DeviceFrame(0), fraction: fraction,
        rate: ClockRelation.nominalRate(rate)),
      mediaOffset: MediaOffset(frames: media.index), state: .freeRunning, generation: 0)
  }

  /// A clock whose media frame 0 was at `anchor` and which runs `divisor` times slower than real time.
  ///
  /// For tests: two daemons with the same anchor agree on every media frame to the nanosecond.
  public static func anchored(
    at anchor: MonotonicInstant, from now: MonotonicInstant, rate: SampleRate, divisor: Int64
  ) -> DeviceClock {
    let media = ClockRelation(
      base: anchor, frame: DeviceFrame(0), fraction: 0,
      rate: ClockRelation.nominalRate(rate, divisor: divisor)
    ).rebased(to: now)
    return DeviceClock(
      relation: ClockRelation(
        base: now, frame: DeviceFrame(0), fraction: media.fraction, rate: media.rate),
      mediaOffset: MediaOffset(frames: media.frame.index), state: .freeRunning, generation: 0)
  }

  @inlinable @_noLocks @_noAllocation
  public func mediaFrame(at instant: MonotonicInstant) -> MediaFrame {
    mediaOffset.media(relation.frame(at: instant))
  }

  @inlinable @_noLocks @_noAllocation
  public func instant(of frame: MediaFrame) -> MonotonicInstant {
    relation.instant(of: mediaOffset.device(frame))
  }
}
