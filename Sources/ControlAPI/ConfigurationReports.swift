// SPDX-License-Identifier: MIT

/// Where the configuration comes from: the answer of `/v1/configuration`.
public struct ConfigurationReport: Codable, Equatable, Sendable {
  public var file: String
  /// The profile that fills in what the file does not say; empty for none.
  public var profile: String
  /// Those that may be chosen.
  public var profiles: [String]
  /// The smallest period that programs may choose, and the one to recommend to them.
  public var smallestPeriodFrames: Int
  /// What was chosen at run time and stands before the file, by keys such as `network.interface`.
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

/// Values to hold from now on, before those of the file.
public struct SettingsRequest: Codable, Equatable, Sendable {
  /// By keys such as `network.interface`.
  public var settings: [String: String]

  public init(settings: [String: String]) { self.settings = settings }
}

/// What reading the configuration again has changed.
public struct ReloadReport: Codable, Equatable, Sendable {
  /// In force now; empty for none.
  public var profile: String
  /// What was changed, such as `sender Stage left changed`.
  public var applied: [String]
  /// What differs, and is read only when the daemon starts.
  public var needsRestart: [String]

  public init(profile: String, applied: [String] = [], needsRestart: [String] = []) {
    self.profile = profile
    self.applied = applied
    self.needsRestart = needsRestart
  }
}
