// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// The announced session that the user means.
enum SessionChoice: Equatable {
  /// A name that the daemon knows.
  case known(String)
  /// The only name with this beginning.
  case completed(String)
  /// There is none; with similar names, the nearest first.
  case unknown(suggestions: [String])

  /// - Parameter names: the names of sessions and their streams.
  init(_ text: String, among names: [String], origins: [String] = []) {
    if names.contains(text) || origins.contains(text) {
      self = .known(text)
      return
    }
    let wanted = text.lowercased()
    let beginning = Set(names.filter { $0.lowercased().hasPrefix(wanted) })
    if beginning.count == 1, let only = beginning.first {
      self = .completed(only)
      return
    }
    let near = Set(names).map { name in
      (name: name, distance: Self.distance(wanted, name.lowercased()))
    }
    .filter {
      $0.distance <= max(2, text.count / 3) || $0.name.lowercased().contains(wanted)
    }
    .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    self = .unknown(suggestions: near.prefix(3).map(\.name))
  }

  /// The name to subscribe to. Refuses an unknown one, and suggests similar ones.
  static func resolve(_ text: String, _ client: ControlClient) throws -> String {
    let sessions = try client.get("/v1/sessions", as: SessionsStatus.self).sessions
    let names = sessions.flatMap { [$0.name] + $0.streams.map(\.name) }
    let addresses = sessions.flatMap { $0.streams.map(\.place) }
    switch SessionChoice(text, among: names, origins: sessions.map(\.origin) + addresses) {
    case .known(let name), .completed(let name): return name
    case .unknown(let suggestions):
      let quoted = suggestions.map { "\"\($0)\"" }.joined(separator: " or ")
      complain(
        "no session \"\(text)\" is announced",
        hint: (quoted.isEmpty
          ? "aes67 list shows the announced sessions" : "did you mean \(quoted)?")
          + "; to receive it as soon as it appears, add --wait")
      throw ExitCode(1)
    }
  }

  /// The number of characters that must be inserted, removed or changed to turn one text into the other.
  static func distance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one), Array(other))
    var row = Array(0...other.count)
    for (index, character) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for place in other.indices {
        let changed = diagonal + (character == other[place] ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(changed, diagonal + 1, row[place] + 1)
      }
    }
    return row[other.count]
  }
}

extension SessionStreamStatus {
  /// The stream's address and port, by which one can subscribe to it.
  var place: String { "\(address):\(port)" }
}
