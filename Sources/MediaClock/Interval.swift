// SPDX-License-Identifier: MIT

/// A length of time in whole nanoseconds; negative if it points backwards.
@frozen
public struct Interval: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable @_noLocks @_noAllocation
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable @_noLocks @_noAllocation
  public static func microseconds(_ count: Int64) -> Interval {
    Interval(nanoseconds: count * 1_000)
  }

  @inlinable @_noLocks @_noAllocation
  public static func milliseconds(_ count: Int64) -> Interval {
    Interval(nanoseconds: count * 1_000_000)
  }

  @inlinable @_noLocks @_noAllocation
  public static func seconds(_ count: Int64) -> Interval {
    Interval(nanoseconds: count * 1_000_000_000)
  }

  @inlinable @_noLocks @_noAllocation
  public static func < (left: Interval, right: Interval) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  @inlinable @_noLocks @_noAllocation
  public static func + (left: Interval, right: Interval) -> Interval {
    Interval(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (left: Interval, right: Interval) -> Interval {
    Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
  }
}
