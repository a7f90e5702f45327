// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// What people chose while the daemon ran: it stands before the configuration file, which is the
/// administrator's, and outlives a restart. Kept by the state store under `choices`.
struct Choices: Codable, Equatable, Sendable {
  static let subject = "choices"
  static let formVersion = 1

  /// The streams of one direction, as they differ from the file's.
  struct Streams: Codable, Equatable, Sendable {
    /// Added or changed: the file's keys, with what they would say there.
    var kept: [[String: String]] = []
    /// Names of those of the file that were removed.
    var removed: [String] = []

    /// Of the streams that are not as the file has them.
    var names: [String] { (kept.compactMap { $0["name"] } + removed).sorted() }
  }

  /// Values by their keys, such as `network.interface`; `profile` and `log.level` are among them.
  var settings: [String: String] = [:]
  var senders = Streams()
  var receivers = Streams()
}

extension Choices.Streams {
  /// How `now` differs from `file`.
  init<Stream: KeyedStream>(from file: [Stream], to now: [Stream]) {
    let before = Dictionary(file.map { ($0.name, $0.keys) }) { first, _ in first }
    let names = Set(now.map(\.name))
    kept = now.map(\.keys).filter { before[$0["name"] ?? ""] != $0 }
    removed = before.keys.filter { !names.contains($0) }.sorted()
  }

  /// The file's streams with the differences; sentences about those that cannot be any more.
  func over<Stream: KeyedStream>(
    _ file: [Stream], _ defaults: StreamDefaults
  ) -> (streams: [Stream], problems: [String]) {
    var streams = file.filter { !removed.contains($0.name) }
    var problems: [String] = []
    for keys in kept {
      let found = Problems()
      let stream = Stream(keys, defaults, found)
      if let problem = found.found.first {
        problems.append("\(keys["name"] ?? "a stream"): \(problem)")
      } else if let place = streams.firstIndex(where: { $0.name == stream.name }) {
        streams[place] = stream
      } else {
        streams.append(stream)
      }
    }
    return (streams, problems)
  }
}

extension Configuration {
  /// With the streams that were added, changed and removed at run time.
  func with(_ choices: Choices) -> (configuration: Configuration, problems: [String]) {
    var configuration = self
    let senders = choices.senders.over(senders, defaults)
    let receivers = choices.receivers.over(receivers, defaults)
    configuration.senders = senders.streams
    configuration.receivers = receivers.streams
    return (configuration, senders.problems + receivers.problems)
  }
}
