// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// What was changed while the daemon ran: it overrides the configuration file, which is the administrator's, and
/// survives restarts. With it the identities of streams. Kept by the state store.
struct Overrides: Codable, Equatable, Sendable {
  static let subject = "overrides"
  static let formVersion = 1

  /// Values by their keys, such as `network.interface`; `profile` is among them.
  var settings: [String: String] = [:]
  /// The id of the next new stream; ids are given once.
  var nextID = 1
  var senders = StreamOverrides()
  var receivers = StreamOverrides()

  mutating func newID() -> StreamID { StreamID(StreamOverrides.next(&nextID)) }

  /// Takes in what the file says now.
  mutating func follow(_ file: Configuration) {
    senders.follow(
      file.senders, place: { "\($0.address):\($0.port)" }, nextID: &nextID)
    receivers.follow(
      file.receivers,
      place: { "\($0.subscription?.name ?? "\($0.address):\($0.port)") \($0.firstChannel)" },
      nextID: &nextID)
  }

  /// Leaves out settings that the file alone may say: who edits the kept state gets no further than who asks the
  /// daemon. Unknown keys stay, and are refused with the rest by the reader.
  ///
  /// - Returns: what was left out, in the order of the keys.
  mutating func dropForbiddenSettings() -> [SettingRefusal] {
    let refusals = settings.sorted { $0.key < $1.key }.compactMap { key, value in
      SettingRefusal(key, value).flatMap { $0 == .unknown(key) ? nil : $0 }
    }
    for refusal in refusals { settings[refusal.key] = nil }
    return refusals
  }

  /// Forgets all of it but the identities of the file's streams.
  mutating func reset() {
    settings = [:]
    senders.reset()
    receivers.reset()
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

/// What earlier versions kept under `choices`: the same without identities.
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
  /// Takes over what an earlier version kept; keys that were renamed are those of today.
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
