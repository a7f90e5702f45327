// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import MediaClock

/// A histogram of the API as the buckets of a Prometheus histogram.
struct HistogramBuckets {
  /// The greatest values of the buckets. Each ends where a bin of the daemon's histograms does, so that nothing
  /// is counted in a neighbouring bucket: two buckets per doubling, and one per fourfold for negative values,
  /// which are late packets.
  static let edges: [Int64] =
    [-16_384, -4_096, -1_024, -256, -64, -16, -4, -1, 0, 1, 3, 7]
    + (3...13).flatMap { exponent -> [Int64] in [(3 << (exponent - 1)) - 1, (2 << exponent) - 1] }
    + [24_575]

  /// The edges in seconds, and the number of values up to each.
  let cumulative: [(edge: Double, count: UInt64)]
  let count: UInt64
  /// The sum of all values in seconds.
  let sum: Double

  /// - Parameter sum: the sum of all values in the histogram's unit.
  init(_ histogram: HistogramSnapshot, sum: Int64) {
    let perSecond: Double =
      switch histogram.unit {
      case .frames: Double(DeviceFormat.second)
      case .microseconds: 1_000_000
      }
    cumulative = Self.edges.map { edge in
      let below = histogram.bins.filter { $0.through <= edge }
      return (Double(edge) / perSecond, below.reduce(0) { $0 + $1.count })
    }
    count = histogram.count
    self.sum = Double(sum) / perSecond
  }
}
