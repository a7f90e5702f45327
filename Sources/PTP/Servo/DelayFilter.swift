// SPDX-License-Identifier: MIT

/// The path delay as the moving median of the last ten measurements (SLV-07), in nanoseconds; or of the last
/// sixty-four, if the ten scatter and agree with the others.
///
/// A negative delay is used like any other: latencies that a master overcorrects in both directions cancel out
/// of the offset, and so do timestamp errors on a short path. With the positive half alone the median would be
/// biased.
struct DelayFilter: Sendable {
  private var window = Window(capacity: 10)
  /// The measurements of `window` and those before, as long as they agree.
  private var memory = Window(capacity: 64)
  /// The number of rejections in a row.
  private var rejections = 0
  private(set) var rejected: UInt64 = 0
  /// The difference up to which delays count as equal, in nanoseconds.
  private let floor: Double

  /// The number of measurements before which none is rejected.
  private static let warmUp = 4
  /// After so many rejections in a row, the path itself must have changed.
  private static let timeout = 10
  /// The maximum delay of a path: a second, in nanoseconds.
  private static let limit = 1e9

  /// - Parameter floor: differences up to this are noise of the timestamps, in nanoseconds.
  init(floor: Double) { self.floor = floor }

  /// The number of measurements on which the delay is based.
  var count: Int { memory.values.count }

  /// The path delay; nil before the first measurement.
  var delay: Double? { memory.median }

  /// The standard deviation of the delay in nanoseconds; nil while there are too few measurements.
  var uncertainty: Double? {
    guard memory.values.count >= Self.warmUp, let delay,
      let scatter = memory.deviation(from: delay)
    else { return nil }
    let count = memory.values.count
    // A few values may agree by chance, and timestamps have a minimum noise.
    return Self.uncertainty(max(scatter, floor / 30), count) * (1 + 8 / Double(count))
  }

  /// Returns true if the delay is negative beyond doubt.
  var isNegative: Bool {
    guard let delay, let uncertainty else { return false }
    return delay < -max(3 * uncertainty, 100)
  }

  mutating func add(_ delay: Double) {
    guard abs(delay) < Self.limit else {
      rejected += 1
      return
    }
    if window.values.count >= Self.warmUp, let median = window.median, let memorable = self.delay,
      let scatter = window.deviation(from: median)
    {
      let reach = max(3 * abs(memorable), floor, 8 * scatter)
      if abs(delay - memorable) > reach {
        rejected += 1
        rejections += 1
        guard rejections >= Self.timeout else { return }
        reset()
      }
    }
    rejections = 0
    window.append(delay)
    memory.append(delay)
    forgetWhatDisagrees()
  }

  /// Removes old measurements that disagree with the last ten, in which a slightly longer path shows first.
  private mutating func forgetWhatDisagrees() {
    guard memory.values.count > window.values.count, let old = memory.median,
      let new = window.median
    else { return }
    let scatter = memory.deviation(from: old) ?? 0
    let spread = 4 * Self.uncertainty(scatter, window.values.count)
    guard abs(new - old) > spread || isSteady else { return }
    memory.removeAll()
    for value in window.values { memory.append(value) }
  }

  /// Returns true if the last ten hardly scatter, so that the older ones are not needed.
  private var isSteady: Bool {
    window.isFull && window.deviation(from: window.median ?? 0) ?? 0 < floor / 4
  }

  /// The standard deviation of a median: from the median deviation to the standard one, and from the mean to
  /// the median.
  private static func uncertainty(_ scatter: Double, _ count: Int) -> Double {
    scatter * 1.4826 * 1.2533 / Double(count).squareRoot()
  }

  mutating func reset() {
    window.removeAll()
    memory.removeAll()
    rejections = 0
  }
}
