// SPDX-License-Identifier: MIT

/// An instant of this host's CLOCK_MONOTONIC, in nanoseconds since an epoch that the kernel chooses.
///
/// It is the only clock that timers, ALSA clients and the device clock share, and cannot be set.
@frozen
public struct MonotonicInstant: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable @_noLocks @_noAllocation
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable @_noLocks @_noAllocation
  public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  @inlinable @_noLocks @_noAllocation
  public static func + (instant: MonotonicInstant, interval: Interval) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: instant.nanoseconds + interval.nanoseconds)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (left: MonotonicInstant, right: MonotonicInstant) -> Interval {
    Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
  }
}
