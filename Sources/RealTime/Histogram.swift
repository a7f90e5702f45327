// SPDX-License-Identifier: MIT

/// The counts of a value in 72 fixed bins, incremented by one real-time thread and read by any.
///
/// Whole numbers from 0 to 7 have a bin each. Larger ones have four bins per doubling, so that a bin is never
/// wider than a quarter of its values; negative ones have one per doubling. The first and the last bin are
/// open. Adding a value costs a few instructions. The sum of all values is exact, independent of the bins.
@frozen
public struct Histogram: ~Copyable, Sendable {
  @inlinable
  public static var binCount: Int { @_noLocks @_noAllocation get { 72 } }

  @usableFromInline let bins: InlineArray<72, Counter>
  @usableFromInline let total = Counter()

  public init() { bins = InlineArray { _ in Counter() } }

  @inlinable @_noLocks @_noAllocation
  public func add(_ value: Int64) {
    bins[Histogram.bin(of: value)].add()
    total.add(Int(value))
  }

  @inlinable @_noLocks @_noAllocation
  public func count(_ bin: Int) -> UInt64 { bins[bin].count }

  /// The number of all values so far.
  public var count: UInt64 {
    var sum: UInt64 = 0
    for bin in 0..<Histogram.binCount { sum += bins[bin].count }
    return sum
  }

  /// The sum of all values so far.
  public var sum: Int64 { Int64(bitPattern: total.count) }

  @inlinable @_noLocks @_noAllocation
  public static func bin(of value: Int64) -> Int {
    if value >= 0 {
      if value < 8 { return 16 + Int(value) }
      let exponent = 63 - value.leadingZeroBitCount
      let quarter = Int(value >> Int64(exponent - 2)) & 3
      return min(24 + 4 * (exponent - 3) + quarter, binCount - 1)
    }
    let magnitude = value == .min ? Int64.max : -value
    return max(15 - (63 - magnitude.leadingZeroBitCount), 0)
  }

  /// The values of a bin; the outermost bins are open.
  public static func range(_ bin: Int) -> ClosedRange<Int64> {
    switch bin {
    case ...0: return Int64.min ... -32_768
    case 1...15:
      let least = Int64(1) << Int64(15 - bin)
      return 1 - 2 * least ... -least
    case 16...23: return Int64(bin - 16)...Int64(bin - 16)
    default:
      let exponent = Int64((bin - 24) / 4)
      let from = Int64(4 + (bin - 24) % 4) << (exponent + 1)
      return bin >= binCount - 1 ? from...Int64.max : from...from + (2 << exponent) - 1
    }
  }
}
