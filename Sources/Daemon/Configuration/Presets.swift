// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration

/// The senders, receivers and settings of one moment, to be restored later.
struct Preset: Codable, Equatable, Sendable {
  struct Stream: Codable, Equatable, Sendable {
    /// The id that it had.
    var id: Int
    /// The keys of the file: all of a stream of the file; of another stream, those that were set.
    var keys: [String: String]
    /// True if its address was that of the layout, and follows this host's number: it may be another one later.
    var followsLayout = false
  }

  var savedUnixMilliseconds: Int64
  /// The values by their keys; only those that take effect live.
  var settings: [String: String]
  var senders: [Stream]
  var receivers: [Stream]

  func status(_ name: String) -> PresetStatus {
    PresetStatus(
      name: name, savedUnixMilliseconds: savedUnixMilliseconds, senders: senders.count,
      receivers: receivers.count, settings: settings)
  }

  /// Returns true for a key that a preset stores.
  static func holds(_ key: String) -> Bool {
    key == "profile" || ConfigurationSection.attribute(key)?.effect == .live
  }
}

/// All presets by their names. Kept by the state store.
struct Presets: Codable, Equatable, Sendable {
  static let subject = "presets"
  static let formVersion = 1
  static let maximum = 100

  var presets: [String: Preset] = [:]
}

extension Overrides {
  /// A preset of the present streams and settings.
  ///
  /// - Parameter file: the file's configuration, with the settings.
  func preset(of file: Configuration, at unixMilliseconds: Int64) -> Preset {
    Preset(
      savedUnixMilliseconds: unixMilliseconds, settings: settings.filter { Preset.holds($0.key) },
      senders: senders.saved(senders(of: file).streams, areOfLayout: file.hasLayoutSenders),
      receivers: receivers.saved(
        receivers(of: file).streams, areOfLayout: file.hasLayoutReceivers))
  }

  /// Restores the settings of a preset; settings that presets do not store stay as they are.
  mutating func takeSettings(of preset: Preset) {
    settings = settings.filter { !Preset.holds($0.key) }
    settings.merge(preset.settings) { $1 }
  }

  /// Restores the streams of a preset, and removes all others.
  ///
  /// - Parameter file: the file's configuration, with the settings of the preset.
  mutating func takeStreams(of preset: Preset, file: Configuration) {
    let file = file.likely
    follow(file)
    senders.take(preset.senders, file: file.senders, nextID: &nextID)
    receivers.take(preset.receivers, file: file.receivers, nextID: &nextID)
  }
}
