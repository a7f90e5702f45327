// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration

/// Senders, receivers and settings of a moment, to come back to.
struct Preset: Codable, Equatable, Sendable {
  struct Stream: Codable, Equatable, Sendable {
    /// That it had.
    var id: Int
    /// The keys of the file: all of a stream of the file, of another one those that were said.
    var keys: [String: String]
    /// Its address was that of the layout, and follows this host's number: it may be another one later.
    var followsLayout = false
  }

  var savedUnixMilliseconds: Int64
  /// Values by their keys; those alone that take effect live.
  var settings: [String: String]
  var senders: [Stream]
  var receivers: [Stream]

  func status(_ name: String) -> PresetStatus {
    PresetStatus(
      name: name, savedUnixMilliseconds: savedUnixMilliseconds, senders: senders.count,
      receivers: receivers.count, settings: settings)
  }

  /// Returns true for a key that a preset holds.
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
  /// A preset of the streams and settings that there are.
  ///
  /// - Parameter file: what the file says, with the settings.
  func preset(of file: Configuration, at unixMilliseconds: Int64) -> Preset {
    Preset(
      savedUnixMilliseconds: unixMilliseconds, settings: settings.filter { Preset.holds($0.key) },
      senders: senders.saved(senders(of: file).streams, areOfLayout: file.hasLayoutSenders),
      receivers: receivers.saved(
        receivers(of: file).streams, areOfLayout: file.hasLayoutReceivers))
  }

  /// Takes over the settings of a preset; those that it does not hold stay as they are.
  mutating func takeSettings(of preset: Preset) {
    settings = settings.filter { !Preset.holds($0.key) }
    settings.merge(preset.settings) { $1 }
  }

  /// Takes over the streams of a preset: there are these alone.
  ///
  /// - Parameter file: what the file says, with the settings of the preset.
  mutating func takeStreams(of preset: Preset, file: Configuration) {
    let file = file.likely
    follow(file)
    senders.take(preset.senders, file: file.senders, nextID: &nextID)
    receivers.take(preset.receivers, file: file.receivers, nextID: &nextID)
  }
}
