// SPDX-License-Identifier: MIT

/// The device clock as an affine map from CLOCK_MONOTONIC to device frames.
///
/// Everything that needs the time of a frame, in the daemon and in every ALSA client, computes it from
/// one published value of this type; the servo steers the clock by publishing another one. Fixed point,
/// so that two processes get the same frame from the same reading.
@frozen
public struct ClockRelation: Hashable, Sendable, BitwiseCopyable {
  /// The instant at which the map is anchored.
  public var base: MonotonicInstant
  /// The device frame at the base.
  public var frame: DeviceFrame
  /// The fraction of that frame that has passed, in 2^-64 frames.
  public var fraction: UInt64
  /// Frames per nanosecond, times 2^64. 48 kHz is 885,443,715,538,058; one unit is 1.1e-15 of that.
  public var rate: UInt64

  @inlinable @_noLocks @_noAllocation
  public init(base: MonotonicInstant, frame: DeviceFrame, fraction: UInt64, rate: UInt64) {
    self.base = base
    self.frame = frame
    self.fraction = fraction
    self.rate = rate
  }

  /// `rate` of a clock that runs `sampleRate` / `divisor` frames a second.
  @inlinable @_noLocks @_noAllocation
  public static func nominalRate(_ sampleRate: SampleRate, divisor: Int64 = 1) -> UInt64 {
    let denominator = UInt128(1_000_000_000) * UInt128(divisor)
    let numerator = UInt128(sampleRate.hertz) << 64
    return UInt64(truncatingIfNeeded: (numerator + denominator / 2) / denominator)
  }

  /// The device frame at `instant`.
  @inlinable @_noLocks @_noAllocation
  public func frame(at instant: MonotonicInstant) -> DeviceFrame {
    let elapsed = Int128(instant.nanoseconds) - Int128(base.nanoseconds)
    let product = elapsed &* Int128(rate) &+ Int128(fraction)
    return DeviceFrame(frame.index &+ Int64(truncatingIfNeeded: product >> 64))
  }

  /// The first nanosecond of `target`.
  @inlinable @_noLocks @_noAllocation
  public func instant(of target: DeviceFrame) -> MonotonicInstant {
    guard rate > 0 else { return base }
    let distance = (Int128(target.index) - Int128(frame.index)) << 64 - Int128(fraction)
    let divisor = Int128(rate)
    var quotient = distance / divisor
    if distance % divisor > 0 { quotient += 1 }
    return MonotonicInstant(
      nanoseconds: base.nanoseconds &+ Int64(truncatingIfNeeded: quotient))
  }

  /// The same map, anchored at `instant`: no frame changes its time by a nanosecond.
  @inlinable @_noLocks @_noAllocation
  public func rebased(to instant: MonotonicInstant) -> ClockRelation {
    let elapsed = Int128(instant.nanoseconds) - Int128(base.nanoseconds)
    let product = elapsed &* Int128(rate) &+ Int128(fraction)
    return ClockRelation(
      base: instant, frame: frame + Int64(truncatingIfNeeded: product >> 64),
      fraction: UInt64(truncatingIfNeeded: product), rate: rate)
  }
}
