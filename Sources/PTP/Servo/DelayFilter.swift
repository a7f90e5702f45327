// SPDX-License-Identifier: MIT

/// The path delay as the moving median of the last ten measurements (SLV-07), in nanoseconds.
struct DelayFilter: Sendable {
  private var window = Window(capacity: 10)
  /// In a row.
  private var rejections = 0
  private(set) var rejected: UInt64 = 0

  /// Before so many measurements, none is called far-fetched.
  private static let warmUp = 4
  /// After so many refusals in a row, the path itself must have changed.
  private static let timeout = 10
  /// No path takes longer than this: a second, in nanoseconds.
  private static let limit = 1e9

  /// Nil before the first measurement.
  var delay: Double? { window.median }

  mutating func add(_ delay: Double) {
    guard delay >= 0, delay < Self.limit else {
      rejected += 1
      return
    }
    if window.values.count >= Self.warmUp, let median = window.median, delay > 4 * median {
      rejected += 1
      rejections += 1
      guard rejections >= Self.timeout else { return }
      window.removeAll()
    }
    rejections = 0
    window.append(delay)
  }

  mutating func reset() {
    window.removeAll()
    rejections = 0
  }
}
