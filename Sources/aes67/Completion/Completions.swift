// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import DaemonConfiguration
internal import LinuxIO

/// Completions for which the shell asks the daemon. Without a daemon there are none, and no message.
extension CompletionKind {
  /// The names of the streams on the network; their addresses if names are equal, or if a shell would expand
  /// one.
  static let sessions = asking { client, _ in try sessions(client) }

  /// Receivers and sessions.
  static let listenable = asking { client, _ in
    try ReceiverKind.all(client).map { Candidate(word: $0.name, note: "receiver") }
      + sessions(client)
  }

  static let senders = asking { client, _ in
    try SenderKind.all(client).map { Candidate(word: $0.name, note: "sender") }
  }

  static let receivers = asking { client, _ in
    try ReceiverKind.all(client).map { Candidate(word: $0.name, note: "receiver") }
  }

  /// Senders and receivers.
  static let streams = asking { client, _ in try streams(client) }

  /// Senders, receivers and sessions.
  static let streamsAndSessions = asking { client, _ in
    let sessions = try client.get("/v1/sessions", as: SessionsStatus.self).sessions
    return try streams(client) + sessions.map { Candidate(word: $0.name, note: "session") }
  }

  /// Channels of receivers, as `NAME:NUMBER`.
  static let receivedChannels = asking { client, _ in
    try ReceiverKind.all(client).flatMap { receiver in
      DeviceChannels(receiver).numbers.enumerated().map { place, channel in
        Candidate(
          word: "\(receiver.name):\(place + 1)",
          note: channel == 0 ? "on no device channel" : "on device channel \(channel)")
      }
    }
  }

  static let presets = asking { client, _ in
    try client.get("/v1/presets", as: [PresetStatus].self).map {
      Candidate(word: $0.name, note: "\($0.senders) senders, \($0.receivers) receivers")
    }
  }

  static let profiles = asking { client, _ in try profiles(client) }

  static let interfaces = asking { client, _ in try interfaces(client) }

  /// Keys of the configuration; after a key, its possible values.
  static let settings = asking { client, request in
    if let key = request.previous, let attribute = ConfigurationSection.attribute(key) {
      return try values(of: key, attribute, client)
    }
    if request.previous == "profile" { return try profiles(client) }
    return settingKeys
  }

  /// Keys with an override.
  static let overrides = asking { client, _ in
    try client.get("/v1/configuration", as: ConfigurationReport.self).settings
      .sorted { $0.key < $1.key }.map { Candidate(word: $0.key, note: $0.value) }
  }

  /// The names of the running daemons, except the one without a name.
  static let instances = CompletionKind.custom { _, _, _ in
    let names = (try? Files.names(in: "/run")) ?? []
    return lines(
      names.filter { $0.hasPrefix("aes67-") }.sorted()
        .map { Candidate(word: String($0.dropFirst("aes67-".count))) })
  }

  /// The words that an attribute accepts; none if it accepts only numbers or other text.
  static func values(of type: ValueType) -> CompletionKind { .list(words(of: type)) }

  private static func asking(
    _ answer: @escaping @Sendable (ControlClient, CompletionRequest) throws -> [Candidate]
  ) -> CompletionKind {
    .custom { words, index, _ in
      let request = CompletionRequest(words, at: index)
      var connection = Connection()
      connection.instance = request.value(of: "--instance") ?? ""
      connection.socket = request.value(of: "--socket")
      return lines((try? answer(connection.completionClient, request)) ?? [])
    }
  }

  private static func lines(_ candidates: [Candidate]) -> [String] {
    candidates.compactMap { $0.line(for: CompletionShell.requesting) }
  }

  private static func words(of type: ValueType) -> [String] {
    switch type.form {
    case .boolean: ["true", "false"]
    case .word(let all): all + type.words
    case .integer, .text, .channels: type.words
    }
  }

  private static func sessions(_ client: ControlClient) throws -> [Candidate] {
    let sessions = try client.get("/v1/sessions", as: SessionsStatus.self).sessions
    let streams = sessions.filter { !$0.isOwn }.flatMap(\.streams)
    return streams.map { stream in
      let named = Candidate(word: stream.name, note: "\(stream.summary), \(stream.place)")
      let isAlone = streams.count { $0.name == stream.name } == 1
      return isAlone && named.isPlain
        ? named : Candidate(word: stream.place, note: "\(stream.name), \(stream.summary)")
    }
  }

  private static func streams(_ client: ControlClient) throws -> [Candidate] {
    try SenderKind.all(client).map { Candidate(word: $0.name, note: "sender") }
      + ReceiverKind.all(client).map { Candidate(word: $0.name, note: "receiver") }
  }

  private static func profiles(_ client: ControlClient) throws -> [Candidate] {
    let report = try client.get("/v1/configuration", as: ConfigurationReport.self)
    return (report.profiles + ["none"]).map {
      Candidate(word: $0, note: $0 == report.profile ? "in force" : "")
    }
  }

  private static func interfaces(_ client: ControlClient) throws -> [Candidate] {
    try client.get("/v1/interfaces", as: [InterfaceStatus].self).map {
      Candidate(word: $0.name, note: ($0.addresses.first.map { "\($0), " } ?? "") + $0.kind)
    } + [Candidate(word: "auto", note: "the first wired one with a link")]
  }

  /// The accepted words, the present value, and the default.
  private static func values(
    of key: String, _ attribute: AttributeDescription, _ client: ControlClient
  ) throws -> [Candidate] {
    if key == "network.interface" { return try interfaces(client) }
    var candidates = words(of: attribute.type).map { Candidate(word: $0) }
    func add(_ value: String?, _ note: String) {
      guard let value, !value.isEmpty, !candidates.contains(where: { $0.word == value }) else {
        return
      }
      candidates.append(Candidate(word: value, note: note))
    }
    add(attribute.defaultText, "default")
    // The words above need no daemon.
    let all = (try? client.get("/v1/settings", as: [SettingStatus].self)) ?? []
    add(all.first { $0.key == key }?.value, "in force")
    return candidates
  }

  private static var settingKeys: [Candidate] {
    ConfigurationSection.all.flatMap { section in
      section.attributes.map {
        Candidate(word: "\(section.name).\($0.key)", note: $0.summary)
      }
    }
  }
}

extension SessionStreamStatus {
  /// `8 channels, L24/48000`.
  fileprivate var summary: String {
    "\(channels == 1 ? "1 channel" : "\(channels) channels"), \(encoding)/\(rate)"
  }
}
