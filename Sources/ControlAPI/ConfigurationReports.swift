// SPDX-License-Identifier: MIT

/// The sources of the configuration: the answer of `/v1/configuration`.
public struct ConfigurationReport: Codable, Equatable, Sendable {
  public var file: String
  /// The profile that supplies the values that the file does not set; empty for none.
  public var profile: String
  /// The profiles that can be selected.
  public var profiles: [String]
  /// The minimum period of programs, which is also the recommended one.
  public var smallestPeriodFrames: Int
  /// The values that were set at run time and override the file, by keys such as `network.interface`.
  public var settings: [String: String]
  /// The names of senders and receivers that differ from the file: added, changed or removed.
  public var senders: [String]
  public var receivers: [String]

  public init(
    file: String, profile: String, profiles: [String], smallestPeriodFrames: Int,
    settings: [String: String] = [:], senders: [String] = [], receivers: [String] = []
  ) {
    self.file = file
    self.profile = profile
    self.profiles = profiles
    self.smallestPeriodFrames = smallestPeriodFrames
    self.settings = settings
    self.senders = senders
    self.receivers = receivers
  }
}

/// The profile to use from now on.
public struct ProfileRequest: Codable, Equatable, Sendable {
  public var profile: String

  public init(profile: String) { self.profile = profile }
}

/// Values that override the file's.
public struct SettingsRequest: Encodable, Equatable, Sendable {
  /// The values by keys such as `network.interface`.
  public var settings: [String: String]

  public init(settings: [String: String]) { self.settings = settings }
}

/// The effects of a change of the configuration.
public struct ReloadReport: Codable, Equatable, Sendable {
  /// The profile in force; empty for none.
  public var profile: String
  /// The changes in force now, such as `network.dscp changed` or `sender Stage left added`.
  public var applied: [String]
  /// Streams that could not be changed, each with the reason.
  public var refused: [String]
  /// Keys whose new values take effect only after a restart.
  public var needsRestart: [String]
  /// True if the change survives a restart; false if it could not be written to the disk.
  public var kept: Bool

  public init(
    profile: String, applied: [String] = [], refused: [String] = [], needsRestart: [String] = [],
    kept: Bool = true
  ) {
    self.profile = profile
    self.applied = applied
    self.refused = refused
    self.needsRestart = needsRestart
    self.kept = kept
  }
}

/// The answer if a stream was removed, but the removal could not be saved.
public struct RemovalReport: Codable, Equatable, Sendable {
  /// False: the removal could not be written to the disk, and is lost at the next restart.
  public var kept: Bool

  public init(kept: Bool) { self.kept = kept }
}
