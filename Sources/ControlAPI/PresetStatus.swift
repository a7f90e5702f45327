// SPDX-License-Identifier: MIT

/// One preset: senders, receivers with their channels, and settings that are changed live, under a name.
public struct PresetStatus: Codable, Equatable, Sendable {
  public var name: String
  /// When it was saved, in milliseconds of the Unix time scale.
  public var savedUnixMilliseconds: Int64
  /// The number of senders in it.
  public var senders: Int
  public var receivers: Int
  /// What was set at run time, by keys such as `streams.link-offset`; settings that need a restart are not in it.
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
