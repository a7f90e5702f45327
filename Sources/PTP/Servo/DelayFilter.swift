// SPDX-License-Identifier: MIT

/// The path delay as the moving median of the last ten measurements (SLV-07), in nanoseconds; of the last
/// sixty-four where those ten scatter and agree with the rest.
///
/// A delay below zero is as good as any: latencies that a master corrects by too much in both directions
/// cancel out of the offset, and so do the errors of stamps on a short path. What counts is that the
/// positive half alone would not be in the middle.
struct DelayFilter: Sendable {
  private var window = Window(capacity: 10)
  /// The same and those before, as long as they agree.
  private var memory = Window(capacity: 64)
  /// In a row.
  private var rejections = 0
  private(set) var rejected: UInt64 = 0
  /// Differences up to this are none, in nanoseconds.
  private let floor: Double

  /// Before so many measurements, none is called far-fetched.
  private static let warmUp = 4
  /// After so many refusals in a row, the path itself must have changed.
  private static let timeout = 10
  /// No path takes longer than this: a second, in nanoseconds.
  private static let limit = 1e9

  /// - Parameter floor: differences up to this are noise of the stamps, in nanoseconds.
  init(floor: Double) { self.floor = floor }

  /// How many measurements the delay rests on.
  var count: Int { memory.values.count }

  /// Nil before the first measurement.
  var delay: Double? { memory.median }

  /// How unsure the delay is, as one standard deviation in nanoseconds; nil while there are too few measurements
  /// to say.
  var uncertainty: Double? {
    guard memory.values.count >= Self.warmUp, let delay,
      let scatter = memory.deviation(from: delay)
    else { return nil }
    let count = memory.values.count
    // Few values may lie together by chance, and stamps are no better than they can be.
    return Self.uncertainty(max(scatter, floor / 30), count) * (1 + 8 / Double(count))
  }

  /// Returns true if the delay is below zero beyond doubt.
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

  /// A path that becomes a little longer shows in the last ten first.
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

  /// Ten that hardly scatter need no help from those before.
  private var isSteady: Bool {
    window.isFull && window.deviation(from: window.median ?? 0) ?? 0 < floor / 4
  }

  /// Of a median: from the median deviation to the standard one, and from the mean to the median.
  private static func uncertainty(_ scatter: Double, _ count: Int) -> Double {
    scatter * 1.4826 * 1.2533 / Double(count).squareRoot()
  }

  mutating func reset() {
    window.removeAll()
    memory.removeAll()
    rejections = 0
  }
}
