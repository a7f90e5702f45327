// SPDX-License-Identifier: MIT
internal import MediaClock

extension Interval {
  /// 2^`logSeconds` seconds; the exponent is held to -10...22, as no sane message leaves that.
  init(logSeconds: Int) {
    let exponent = min(max(logSeconds, -10), 22)
    self.init(
      nanoseconds: exponent >= 0 ? 1_000_000_000 << exponent : 1_000_000_000 >> -exponent)
  }

  static func * (interval: Interval, factor: Int64) -> Interval {
    Interval(nanoseconds: interval.nanoseconds * factor)
  }

  /// `factor` is between 0 and a few.
  func scaled(by factor: Double) -> Interval {
    Interval(nanoseconds: Int64(Double(nanoseconds) * factor))
  }

  /// In seconds, for filters.
  var seconds: Double { Double(nanoseconds) / 1_000_000_000 }
}
