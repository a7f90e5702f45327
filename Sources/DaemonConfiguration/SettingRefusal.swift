// SPDX-License-Identifier: MIT

/// Why a setting may not override the configuration file: decided by the parsed key, for requests and for what was
/// kept of them alike.
package enum SettingRefusal: Equatable, Sendable {
  /// Not the profile, nor exactly a section and a key of it.
  case unknown(String)
  /// Who may control the daemon and which files it opens is for the file alone to say.
  case fileOnly(String)
  /// The key may be set, and this value names a file that only the configuration file may name.
  case fileOnlyValue(String, expected: String)

  /// Nil where `key` may be set to `value`; whether the value is right is for its reader to say.
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
