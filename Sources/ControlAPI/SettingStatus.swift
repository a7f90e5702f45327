// SPDX-License-Identifier: MIT

/// One key of the configuration with the value that holds, and where that comes from.
public struct SettingStatus: Codable, Equatable, Sendable {
  public enum Origin: String, Codable, CaseIterable, Sendable {
    /// Nothing says it.
    case builtIn = "default"
    /// The profile, which supplies what the file does not set.
    case profile
    case file
    /// Set at run time: it overrides the file.
    case override
    /// An option of the daemon's command line.
    case commandLine
  }

  /// The key with its section, such as `streams.link-offset`.
  public var key: String
  public var value: String
  public var origin: Origin
  /// What the running daemon uses until it is restarted, if that is another value; otherwise nil.
  public var inForce: String?
  /// What the key takes, in words.
  public var expected: String
  public var summary: String
  /// Whether it can be set at run time; if not, only the configuration file can set it.
  public var isSettable: Bool
  /// Whether a new value takes effect only after a restart.
  public var needsRestart: Bool

  public init(
    key: String, value: String, origin: Origin, inForce: String? = nil, expected: String,
    summary: String, isSettable: Bool, needsRestart: Bool
  ) {
    self.key = key
    self.value = value
    self.origin = origin
    self.inForce = inForce
    self.expected = expected
    self.summary = summary
    self.isSettable = isSettable
    self.needsRestart = needsRestart
  }
}
