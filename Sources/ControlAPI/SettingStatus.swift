// SPDX-License-Identifier: MIT

/// One key of the configuration, with its value and the origin of the value.
public struct SettingStatus: Codable, Equatable, Sendable {
  public enum Origin: String, Codable, CaseIterable, Sendable {
    /// The built-in default.
    case builtIn = "default"
    /// The profile, which supplies the values that the file does not set.
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
  /// The value that the running daemon uses until it is restarted, if it is another one; otherwise nil.
  public var inForce: String?
  /// The values that the key accepts, in words.
  public var expected: String
  public var summary: String
  /// True if it can be set at run time; otherwise only the configuration file can set it.
  public var isSettable: Bool
  /// True if a new value takes effect only after a restart.
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
