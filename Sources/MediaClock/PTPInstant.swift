// SPDX-License-Identifier: MIT

/// An instant of the network's time scale, in nanoseconds since the PTP epoch, 1970-01-01T00:00:00 TAI (IEEE
/// 1588-2008, 7.2.2), or since the grandmaster's own epoch: a Dante device counts its uptime.
@frozen
public struct PTPInstant: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable @_noLocks @_noAllocation
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable @_noLocks @_noAllocation
  public static func < (left: PTPInstant, right: PTPInstant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  @inlinable @_noLocks @_noAllocation
  public static func + (instant: PTPInstant, interval: Interval) -> PTPInstant {
    PTPInstant(nanoseconds: instant.nanoseconds + interval.nanoseconds)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (left: PTPInstant, right: PTPInstant) -> Interval {
    Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
  }
}
