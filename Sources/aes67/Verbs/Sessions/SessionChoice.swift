// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// Which announced session people mean by what they typed.
enum SessionChoice: Equatable {
  /// As the daemon knows it.
  case known(String)
  /// The only one that begins so.
  case completed(String)
  /// None; and those that look alike, the nearest first.
  case unknown(suggestions: [String])

  /// - Parameter names: of sessions and their streams.
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

  /// The name to subscribe to. Refuses an unknown one, with those that look alike.
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

  /// How many characters must be put in, taken out or changed to make one text the other.
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
  /// Where it goes, as it can be subscribed to.
  var place: String { "\(address):\(port)" }
}
