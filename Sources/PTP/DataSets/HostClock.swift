// SPDX-License-Identifier: MIT
public import MediaClock

/// The quality of this host's own clock, which it may announce as grandmaster.
public enum HostClock: Hashable, Sendable, BitwiseCopyable {
  /// No time service disciplines it (GM-07).
  case freeRunning
  /// The kernel reports that NTP disciplines it, with this maximum error (GM-08).
  case synchronized(maximumError: Interval)

  /// The clock quality. The class is never better than 248, which is reserved for primary references.
  var clockQuality: ClockQuality {
    ClockQuality(clockClass: 248, clockAccuracy: clockAccuracy, offsetScaledLogVariance: 0xFFFF)
  }

  /// The accuracy by table 6 of the standard, from 100 us up.
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

  /// The time properties: TAI in either case. The validity of the offset to UTC, and the time source, differ.
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
