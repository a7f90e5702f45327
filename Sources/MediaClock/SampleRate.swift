// SPDX-License-Identifier: MIT

/// Frames per second, and the exact conversion between time and media frames.
///
/// Integers only: a Double cannot hold a present-day PTP time to the nanosecond (CLK-01).
@frozen
public struct SampleRate: Hashable, Sendable, BitwiseCopyable {
  /// The rate in hertz.
  public let hertz: Int64

  @inlinable @_noLocks @_noAllocation
  public init(hertz: Int64) { self.hertz = hertz }

  /// The rate of this device.
  @inlinable
  public static var hz48000: SampleRate {
    @_noLocks @_noAllocation get { SampleRate(hertz: 48_000) }
  }

  /// The media frame at `instant`: floor(PTP time x rate) (AES67, 5).
  @inlinable @_noLocks @_noAllocation
  public func frame(at instant: PTPInstant) -> MediaFrame {
    let (frame, _) = split(instant)
    return frame
  }

  /// The frame at `instant`, and the fraction of it that has passed, in 2^-64 frames.
  @inlinable @_noLocks @_noAllocation
  public func split(_ instant: PTPInstant) -> (frame: MediaFrame, fraction: UInt64) {
    let billion: Int128 = 1_000_000_000
    let scaled = Int128(instant.nanoseconds) * Int128(hertz)
    var quotient = scaled / billion
    var remainder = scaled % billion
    if remainder < 0 {
      quotient -= 1
      remainder += billion
    }
    let fraction = UInt64(truncatingIfNeeded: (UInt128(remainder) << 64) / UInt128(billion))
    return (MediaFrame(Int64(truncatingIfNeeded: quotient)), fraction)
  }

  /// The length of `frames` frames, rounded to the nearest nanosecond.
  @inlinable @_noLocks @_noAllocation
  public func interval(of frames: Int64) -> Interval {
    let scaled = Int128(frames) * 1_000_000_000
    let half = Int128(hertz / 2) * (frames < 0 ? -1 : 1)
    return Interval(nanoseconds: Int64(truncatingIfNeeded: (scaled + half) / Int128(hertz)))
  }

  /// Frames in `interval`, rounded to the nearest.
  @inlinable @_noLocks @_noAllocation
  public func frames(in interval: Interval) -> Int64 {
    let scaled = Int128(interval.nanoseconds) * Int128(hertz)
    let half: Int128 = interval.nanoseconds < 0 ? -500_000_000 : 500_000_000
    return Int64(truncatingIfNeeded: (scaled + half) / 1_000_000_000)
  }
}
