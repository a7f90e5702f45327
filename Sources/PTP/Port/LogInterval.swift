// SPDX-License-Identifier: MIT
internal import MediaClock

extension Interval {
  /// 2^`logSeconds` seconds; the exponent is limited to -10...22, which covers all sensible messages.
  init(logSeconds: Int) {
    let exponent = min(max(logSeconds, -10), 22)
    self.init(
      nanoseconds: exponent >= 0 ? 1_000_000_000 << exponent : 1_000_000_000 >> -exponent)
  }

  static func * (interval: Interval, factor: Int64) -> Interval {
    Interval(nanoseconds: interval.nanoseconds * factor)
  }

  /// The interval times `factor`, which is between 0 and a few.
  func scaled(by factor: Double) -> Interval {
    Interval(nanoseconds: Int64(Double(nanoseconds) * factor))
  }

  /// The interval in seconds, for filters.
  var seconds: Double { Double(nanoseconds) / 1_000_000_000 }
}
