// SPDX-License-Identifier: MIT
public import MediaClock

/// What this host knows of its own clock, and so may honestly announce as grandmaster.
public enum HostClock: Hashable, Sendable, BitwiseCopyable {
  /// Nobody disciplines it (GM-07).
  case freeRunning
  /// The kernel says that NTP does, to within so much (GM-08).
  case synchronized(maximumError: Interval)

  /// Never a better class than 248: only a primary reference may say more.
  var clockQuality: ClockQuality {
    ClockQuality(clockClass: 248, clockAccuracy: clockAccuracy, offsetScaledLogVariance: 0xFFFF)
  }

  /// Table 6 of the standard, from 100 us up.
  private var clockAccuracy: UInt8 {
    guard case .synchronized(let error) = self else { return 0xFE }
    let limits: [(Interval, UInt8)] = [
      (.microseconds(100), 0x27), (.microseconds(250), 0x28), (.milliseconds(1), 0x29),
      (.microseconds(2_500), 0x2A), (.milliseconds(10), 0x2B), (.milliseconds(25), 0x2C),
      (.milliseconds(100), 0x2D), (.milliseconds(250), 0x2E), (.seconds(1), 0x2F),
      (.seconds(10), 0x30),
    ]
    return limits.first { error <= $0.0 }?.1 ?? 0x31
  }

  /// TAI either way; whether the offset to UTC holds, and where the time is from, differs.
  func timeProperties(currentUtcOffset: Int16) -> TimePropertiesDataSet {
    switch self {
    case .freeRunning:
      TimePropertiesDataSet(
        currentUtcOffset: currentUtcOffset, flags: .ptpTimescale, timeSource: 0xA0)
    case .synchronized:
      TimePropertiesDataSet(
        currentUtcOffset: currentUtcOffset, flags: [.ptpTimescale, .currentUtcOffsetValid],
        timeSource: 0x50)
    }
  }
}
