// SPDX-License-Identifier: MIT

/// Where the time stamps of PTP's event messages come from, key `ptp.timestamps` (TS-07).
public enum TimestampSource: String, CaseIterable, Sendable {
  /// The best that card, driver and permissions allow.
  case automatic = "auto"
  case hardware
  case software
  case userSpace = "user-space"
}
