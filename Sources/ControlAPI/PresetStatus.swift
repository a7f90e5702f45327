// SPDX-License-Identifier: MIT

/// One preset: senders, receivers with their channels, and live settings, under a name.
public struct PresetStatus: Codable, Equatable, Sendable {
  public var name: String
  /// The time at which it was saved, in milliseconds of Unix time.
  public var savedUnixMilliseconds: Int64
  /// The number of senders in it.
  public var senders: Int
  public var receivers: Int
  /// The settings made at run time, by keys such as `streams.link-offset`; settings that need a restart are not
  /// included.
  public var settings: [String: String]

  public init(
    name: String, savedUnixMilliseconds: Int64, senders: Int, receivers: Int,
    settings: [String: String]
  ) {
    self.name = name
    self.savedUnixMilliseconds = savedUnixMilliseconds
    self.senders = senders
    self.receivers = receivers
    self.settings = settings
  }
}
