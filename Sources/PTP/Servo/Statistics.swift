// SPDX-License-Identifier: MIT

/// The median of `values`, which are not empty: the mean of the two middle ones if their count is even.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The last few of a series of numbers.
struct Window: Sendable {
  let capacity: Int
  private(set) var values: [Double] = []
  private var oldest = 0

  init(capacity: Int) {
    self.capacity = capacity
    values.reserveCapacity(capacity)
  }

  var isFull: Bool { values.count == capacity }

  mutating func append(_ value: Double) {
    if isFull {
      values[oldest] = value
      oldest = (oldest + 1) % capacity
    } else {
      values.append(value)
    }
  }

  mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    oldest = 0
  }

  /// The median; nil if there are no values.
  var median: Double? { values.isEmpty ? nil : PTP.median(values) }

  /// The median of the distances from `center`.
  func deviation(from center: Double) -> Double? {
    values.isEmpty ? nil : PTP.median(values.map { abs($0 - center) })
  }
}
