// SPDX-License-Identifier: MIT
public import MediaClock

/// A length of time on the wire (5.3.2): nanoseconds times 2^16, signed.
public struct TimeInterval: Hashable, Sendable, BitwiseCopyable {
  /// The length in 2^-16 nanoseconds.
  public var scaled: Int64

  public static let zero = TimeInterval(scaled: 0)

  public init(scaled: Int64) { self.scaled = scaled }

  /// Saturates beyond 39 hours, the maximum of the field.
  public init(_ interval: Interval) {
    let limit = Int64.max >> 16
    scaled = min(max(interval.nanoseconds, -limit), limit) << 16
  }

  /// Rounded to the nearest nanosecond.
  public var interval: Interval { Interval(nanoseconds: (scaled >> 16) + (scaled >> 15 & 1)) }

  /// The length in nanoseconds. Exact below 78 hours / 2^9, which includes all path delays.
  public var nanoseconds: Double { Double(scaled) / 65_536 }

  /// The sum; nil if it does not fit into the field.
  public static func + (left: TimeInterval, right: TimeInterval) -> TimeInterval? {
    let (sum, overflow) = left.scaled.addingReportingOverflow(right.scaled)
    return overflow ? nil : TimeInterval(scaled: sum)
  }
}

extension TimeInterval {
  /// Saturates beyond the range of the field.
  init(nanoseconds: Double) {
    let scaled = (nanoseconds * 65_536).rounded()
    self.init(scaled: Int64(exactly: scaled) ?? (scaled < 0 ? .min : .max))
  }
}
