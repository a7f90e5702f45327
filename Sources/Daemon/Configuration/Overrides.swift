// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The changes made at run time, which override the configuration file and survive restarts, and the ids of the
/// streams. Kept by the state store.
struct Overrides: Codable, Equatable, Sendable {
  static let subject = "overrides"
  static let formVersion = 1

  /// Values by their keys, such as `network.interface`; `profile` is among them.
  var settings: [String: String] = [:]
  /// The id of the next new stream; ids are never reused.
  var nextID = 1
  var senders = StreamOverrides()
  var receivers = StreamOverrides()

  mutating func newID() -> StreamID { StreamID(StreamOverrides.next(&nextID)) }

  /// Adapts to the present content of the file.
  mutating func follow(_ file: Configuration) {
    senders.follow(
      file.senders, place: { "\($0.address):\($0.port)" }, nextID: &nextID)
    receivers.follow(
      file.receivers,
      place: { "\($0.subscription?.name ?? "\($0.address):\($0.port)") \($0.firstChannel)" },
      nextID: &nextID)
  }

  /// Drops settings that only the file may set, so that editing the saved state gives no more rights than a
  /// request. Unknown keys stay, and are refused by the reader.
  ///
  /// - Returns: the dropped settings, in the order of the keys.
  mutating func dropForbiddenSettings() -> [SettingRefusal] {
    let refusals = settings.sorted { $0.key < $1.key }.compactMap { key, value in
      SettingRefusal(key, value).flatMap { $0 == .unknown(key) ? nil : $0 }
    }
    for refusal in refusals { settings[refusal.key] = nil }
    return refusals
  }

  /// Drops everything except the ids of the file's streams.
  mutating func reset() {
    settings = [:]
    senders.reset()
    receivers.reset()
  }

  /// This state as it is restored after `present`: no id is used again, and the file's streams keep the ids that
  /// they have now, also if the file was read again in between.
  func restored(after present: Overrides) -> Overrides {
    var restored = self
    restored.nextID = max(nextID, present.nextID)
    restored.senders.takeIdentities(of: present.senders)
    restored.receivers.takeIdentities(of: present.receivers)
    return restored
  }

  func senders(
    of file: Configuration
  ) -> (streams: [(id: StreamID, configuration: SenderConfiguration)], problems: [String]) {
    senders.streams(
      file.senders, base: SenderConfiguration(file.network, file.streams),
      problems: { $0.problems(beside: $1) })
  }

  func receivers(
    of file: Configuration
  ) -> (streams: [(id: StreamID, configuration: ReceiverConfiguration)], problems: [String]) {
    receivers.streams(
      file.receivers, base: ReceiverConfiguration(file.network, file.streams),
      problems: { $0.problems(beside: $1) })
  }
}

/// The state that earlier versions saved under `choices`: the same without ids.
struct Choices: Codable {
  static let subject = "choices"
  static let formVersion = 1

  struct Streams: Codable {
    var kept: [[String: String]] = []
    var removed: [String] = []
  }

  var settings: [String: String] = [:]
  var senders = Streams()
  var receivers = Streams()
}

extension Overrides {
  /// Converts the state of an earlier version; renamed keys get their present names.
  init(_ former: Choices) {
    let names = ConfigurationSection.all.flatMap { section in
      section.attributes.flatMap { attribute in
        attribute.former.map { ("\(section.name).\($0)", "\(section.name).\(attribute.key)") }
      }
    }
    let renamed = Dictionary(names) { first, _ in first }
    for (key, value) in former.settings { settings[renamed[key] ?? key] = value }
    senders = StreamOverrides(former.senders, nextID: &nextID)
    receivers = StreamOverrides(former.receivers, nextID: &nextID)
  }
}
