// SPDX-License-Identifier: MIT

/// Where the configuration comes from: the answer of `/v1/configuration`.
public struct ConfigurationReport: Codable, Equatable, Sendable {
  public var file: String
  /// The profile that supplies what the file does not set; empty for none.
  public var profile: String
  /// Those that can be chosen.
  public var profiles: [String]
  /// The smallest period that programs may choose, and the one to recommend to them.
  public var smallestPeriodFrames: Int
  /// What was set at run time and overrides the file, by keys such as `network.interface`.
  public var settings: [String: String]
  /// Senders and receivers that are not as the file has them, by name: added, changed or removed.
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

/// Which profile to use from now on.
public struct ProfileRequest: Codable, Equatable, Sendable {
  public var profile: String

  public init(profile: String) { self.profile = profile }
}

/// Values that override the file's.
public struct SettingsRequest: Encodable, Equatable, Sendable {
  /// By keys such as `network.interface`.
  public var settings: [String: String]

  public init(settings: [String: String]) { self.settings = settings }
}

/// What a change of the configuration has changed.
public struct ReloadReport: Codable, Equatable, Sendable {
  /// In force now; empty for none.
  public var profile: String
  /// What is in force now, such as `network.dscp changed` or `sender Stage left added`.
  public var applied: [String]
  /// Streams that could not be changed, each with the reason.
  public var refused: [String]
  /// Keys whose new values take effect only after a restart.
  public var needsRestart: [String]
  /// Whether a restart finds what is in force now; false where it could not be written to the disk.
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

/// A stream was removed, and nothing more is known than this: the answer where it could not be kept.
public struct RemovalReport: Codable, Equatable, Sendable {
  /// False: the removal could not be written to the disk, and is forgotten at the next restart.
  public var kept: Bool

  public init(kept: Bool) { self.kept = kept }
}
