// SPDX-License-Identifier: MIT

/// The reason why a setting cannot override the configuration file. It is decided by the parsed key, for
/// requests and for saved state alike.
package enum SettingRefusal: Equatable, Sendable {
  /// The key is neither `profile` nor that of a section.
  case unknown(String)
  /// The key can be set only in the file: permissions, and files that the daemon opens.
  case fileOnly(String)
  /// The key can be set, but this value names a file that only the configuration file may name.
  case fileOnlyValue(String, expected: String)

  /// Returns nil if `key` can be set to `value`; the value itself is checked by its reader.
  package init?(_ key: String, _ value: String) {
    if key == "profile" { return nil }
    guard let attribute = ConfigurationSection.attribute(key) else {
      self = .unknown(key)
      return
    }
    guard attribute.scope == .everywhere else {
      self = .fileOnly(key)
      return
    }
    guard key == "clock.source", case .hardware(let path)? = ClockSource(value),
      !ClockSource.isCardClock(path)
    else { return nil }
    self = .fileOnlyValue(key, expected: "ptp, system-tai or phc:/dev/ptp and a number")
  }

  package var key: String {
    switch self {
    case .unknown(let key), .fileOnly(let key), .fileOnlyValue(let key, _): key
    }
  }
}
