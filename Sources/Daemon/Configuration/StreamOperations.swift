// SPDX-License-Identifier: MIT
internal import Addressing
internal import Control
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import Media
internal import MediaClock
internal import Notation
internal import Session

/// Adds, changes and removes streams at run time.
extension ConfigurationManager: StreamOperations {
  func addSender(_ request: Node) throws(OperationError) -> SenderStatus {
    let id = try operation { (file, overrides) throws in
      let others = streams.senders.map(\.configuration)
      var sender = SenderConfiguration(file.network, file.streams)
      sender.address = freeGroup(others)
      sender.name = freeName("sender", others.map(\.name))
      let read = try sender.applying(request, named: "request")
      if request["first-channel"] == nil, read.map == nil,
        let free = freeBlock(read.channels, others.flatMap(\.route))
      {
        sender.firstChannel = free
      }
      sender = try sender.applying(request, named: "request")
      let id = overrides.newID()
      try streams.add(sender, id: id)
      overrides.senders.added(id, said: request.saidKeys.union(Self.chosenKeys), keys: sender.keys)
      return id
    }
    return try sender(id)
  }

  func changeSender(
    _ selector: StreamSelector, _ request: Node
  ) throws(OperationError) -> SenderStatus {
    let id = try operation { (file, overrides) throws in
      let (id, old) = try selector.find(among: streams.senders, "sender")
      let new = try old.applying(request, named: "request")
      try streams.change(id, to: new)
      overrides.senders.changed(
        id, said: request.saidKeys, keys: new.keys, file: file.senders)
      return id
    }
    return try sender(id)
  }

  func removeSender(_ selector: StreamSelector) throws(OperationError) -> Bool {
    try operation { (_, overrides) throws in
      let (id, _) = try selector.find(among: streams.senders, "sender")
      try streams.removeSender(id)
      overrides.senders.removed(id)
    }
    return isKept
  }

  func addReceiver(_ request: Node, replacing: Bool) throws(OperationError) -> ReceiverStatus {
    let id = try operation { (file, overrides) throws in
      let others = streams.receivers
      var receiver = ReceiverConfiguration(file.network, file.streams)
      receiver.name = freeName("receiver", others.map(\.configuration.name))
      if request["channels"] == nil, let channels = try announcedChannels(request) {
        receiver.channels = channels
      }
      let read = try receiver.applying(request, named: "request")
      guard read.subscription != nil || request["address"] != nil else {
        throw OperationError(
          .wrong, "address is missing",
          hint: "expected an IPv4 address, or a session, sdp-text or sdp-url")
      }
      if request["first-channel"] == nil, read.map == nil {
        guard let free = freeCaptureBlock(read.channels) else {
          throw OperationError(
            .conflict, "no \(read.channels) adjacent capture channels are free",
            hint: "replace a receiver that you do not need: aes67 subscribe NAME --to 1 --replace")
        }
        receiver.firstChannel = free
      }
      receiver = try receiver.applying(request, named: "request")
      if request["name"] == nil, let subscription = receiver.subscription {
        receiver.name = subscription.name.asName
      }
      let id = overrides.newID()
      try replace(receiver, except: nil, if: replacing, &overrides) {
        try streams.add(receiver, id: id)
      }
      overrides.receivers.added(
        id, said: request.saidKeys.union(Self.chosenKeys), keys: receiver.keys)
      return id
    }
    return try receiver(id)
  }

  func changeReceiver(
    _ selector: StreamSelector, _ request: Node, replacing: Bool
  ) throws(OperationError) -> ReceiverStatus {
    let id = try operation { (file, overrides) throws in
      let (id, old) = try selector.find(among: streams.receivers, "receiver")
      let new = try old.applying(request, named: "request")
      try replace(new, except: id, if: replacing, &overrides) {
        try streams.change(id, to: new)
      }
      overrides.receivers.changed(
        id, said: request.saidKeys, keys: new.keys, file: file.receivers)
      return id
    }
    return try receiver(id)
  }

  func removeReceiver(_ selector: StreamSelector) throws(OperationError) -> Bool {
    try operation { (_, overrides) throws in
      let (id, _) = try selector.find(among: streams.receivers, "receiver")
      try streams.removeReceiver(id)
      overrides.receivers.removed(id)
    }
    return isKept
  }

  /// Removes the receivers that fill device channels of `new`, if that is requested; they are restored if
  /// `change` is refused all the same. Receivers of the layout yield their channels by themselves.
  private func replace(
    _ new: ReceiverConfiguration, except id: StreamID?, if isAsked: Bool,
    _ overrides: inout Overrides, _ change: () throws -> Void
  ) throws {
    let inTheWay = streams.receivers.filter {
      $0.id != id && $0.configuration.yields == new.yields
        && !$0.configuration.sharedChannels(with: new).isEmpty
    }
    if !isAsked, !inTheWay.isEmpty {
      let names = inTheWay.map { receiver in
        let shared = new.sharedChannels(with: receiver.configuration).sorted().map { $0 + 1 }
        let name = receiver.configuration.name
        return "receiver \"\(name)\" already fills"
          + " \(YieldedChannels(channels: shared, to: new.name).words)"
      }
      throw OperationError(
        .conflict, names.firstFew.joined(separator: "; "),
        hint: "choose other channels with --to, or replace what is there with --replace")
    }
    for receiver in inTheWay { try streams.removeReceiver(receiver.id) }
    do {
      try change()
    } catch {
      for receiver in inTheWay { try? streams.add(receiver.configuration, id: receiver.id) }
      throw error
    }
    for receiver in inTheWay { overrides.receivers.removed(receiver.id) }
  }

  // MARK: Looking up

  private func sender(_ id: StreamID) throws(OperationError) -> SenderStatus {
    guard var status = streams.senderStatus(id) else { throw .gone(.id(id)) }
    if !isKept { status.kept = false }
    return status
  }

  private func receiver(_ id: StreamID) throws(OperationError) -> ReceiverStatus {
    guard var status = streams.receiverStatus(id) else { throw .gone(.id(id)) }
    if !isKept { status.kept = false }
    return status
  }

  /// Performs one change and saves it; reports why it was refused.
  private func operation<Answer>(
    _ body: (Configuration, inout Overrides) throws -> Answer
  ) throws(OperationError) -> Answer {
    do {
      return try change(body)
    } catch let error as OperationError {
      throw error
    } catch let error as ConfigurationError {
      throw OperationError(error)
    } catch let error as StreamChangeError {
      throw OperationError(error)
    } catch {
      throw OperationError(.conflict, "\(error)", hint: "nothing was changed")
    }
  }

  // MARK: Keys without a value

  /// The keys that are chosen for a new stream if they are missing, and saved then.
  private static let chosenKeys: Set = ["name", "address", "channels", "first-channel"]

  /// The first group after those of the layout, in the range of this host's number, that no sender of this host
  /// uses and no other device announces.
  private func freeGroup(_ others: [SenderConfiguration]) -> IPv4Address {
    let layout = configuration.layout
    let announced = users.sessions().sessions.filter { !$0.isOwn }.flatMap(\.streams)
    let taken = Set(others.map(\.address)).union(announced.compactMap { IPv4Address($0.address) })
    let first = configuration.hasLayoutSenders ? layout.streams + 1 : 1
    let groups = (first...254).map {
      layout.address(ofHost: configuration.likelyHostNumber, stream: $0)
    }
    return groups.first { !taken.contains($0) } ?? groups[0]
  }

  /// The first unused block of so many device channels, in steps of its length, from 1; nil if there is none.
  private func freeBlock(_ channels: Int, _ taken: [Int?]) -> Int? {
    guard (1...DeviceFormat.channels).contains(channels) else { return nil }
    let used = Set(taken.compactMap(\.self))
    let starts = stride(from: 0, through: DeviceFormat.channels - channels, by: channels)
    return starts.first { start in used.isDisjoint(with: start..<start + channels) }.map { $0 + 1 }
  }

  /// The same for a receiver: preferably channels that no receiver fills, then those of the layout's receivers,
  /// first of those that receive nothing.
  private func freeCaptureBlock(_ channels: Int) -> Int? {
    let all = streams.receivers
    let chosen = all.filter { !$0.configuration.yields }.flatMap(\.configuration.route)
    let receiving = all.filter { streams.receiverStatus($0.id)?.state.isReceiving ?? false }
    let occupied = [all, receiving].map { $0.flatMap(\.configuration.route) + chosen } + [chosen]
    for taken in occupied {
      if let free = freeBlock(channels, taken) { return free }
    }
    return nil
  }

  private func freeName(_ kind: String, _ names: [String]) -> String {
    var number = 1
    while names.contains("\(kind) \(number)") { number += 1 }
    return "\(kind) \(number)"
  }

  /// The number of channels of the requested stream, if it is known already.
  private func announcedChannels(_ request: Node) throws(OperationError) -> Int? {
    if let text = request["sdp-text"]?.text {
      return SubscribedDescription(text: text, named: "sdp-text").stream?.channels
    }
    guard let name = request["session"]?.text else { return nil }
    let matching = users.sessions().sessions.filter { session in
      session.name == name || session.origin == name
        || session.streams.contains { $0.isCalled(name) }
    }
    guard let session = matching.first(where: { !$0.isOwn }) ?? matching.first else { return nil }
    guard !session.isOwn else {
      throw OperationError(
        .conflict, "\"\(name)\" is sent by this host itself",
        hint: "to receive it here, set network.loopback: true and run"
          + " aes67 sdp SENDER | aes67 subscribe --sdp -")
    }
    return (session.streams.first { $0.isCalled(name) } ?? session.streams.first)?.channels
  }
}

extension SessionStreamStatus {
  func isCalled(_ name: String) -> Bool {
    self.name == name || "\(address):\(port)" == name
  }
}

extension Node {
  /// The keys of a request.
  fileprivate var saidKeys: Set<String> { Set(entries.map(\.key)) }
}

extension OperationError {
  init(_ error: ConfigurationError) {
    let problems = error.problems.map(\.description).firstFew.joined(separator: "\n")
    self.init(.wrong, problems, hint: "nothing was changed; fix the above and try again")
  }

  init(_ error: StreamChangeError) {
    switch error {
    case .unknown: self.init(.unknown, "\(error)", hint: "aes67 stats lists the streams")
    case .full: self.init(.conflict, "\(error)", hint: "remove one first")
    case .invalid(let problem):
      self.init(
        .conflict, "\(problem)", hint: "change \(problem.keys.joined(separator: " or "))")
    case .stopping: self.init(.unavailable, "\(error)", hint: "try again once it runs")
    }
  }
}

// MARK: The configuration

extension ConfigurationManager: ConfigurationOperations {
  func configurationReport() -> ConfigurationReport { report }

  func set(
    _ settings: [String: String], forcing: Bool
  ) throws(OperationError) -> ReloadReport {
    for setting in settings.sorted(by: { $0.key < $1.key }) {
      if let refusal = SettingRefusal(setting.key, setting.value) { throw OperationError(refusal) }
    }
    if let name = settings["network.interface"], name != "auto", !forcing {
      try Self.checkInterface(name)
    }
    do throws(ConfigurationError) {
      return try override(settings)
    } catch {
      throw OperationError(error)
    }
  }

  func resetConfiguration() throws(OperationError) -> ReloadReport {
    try explained { () throws(ConfigurationError) in try reset() }
  }

  func reloadConfiguration() throws(OperationError) -> ReloadReport {
    try explained { () throws(ConfigurationError) in try reload() }
  }

  func undoableChanges() -> [UndoableChange] { history.changes }

  func undo() throws(OperationError) -> UndoReport {
    let report = try explained { () throws(ConfigurationError) in try undoLast() }
    guard let report else {
      throw OperationError(
        .conflict, "there is nothing to undo",
        hint: "changes of senders, receivers, settings and the profile can be undone, the last 20")
    }
    return report
  }

  /// Refuses an interface that does not exist, which is usually a mistake, although it may appear later.
  private static func checkInterface(_ name: String) throws(OperationError) {
    // Without a list of interfaces, the name is accepted.
    guard let names = try? NetworkInterfaces.list().map(\.name), !names.contains(name) else {
      return
    }
    throw OperationError(
      .wrong, "there is no network interface \(name)",
      hint:
        "available: \(names.joined(separator: ", ")); --force (force=true) accepts it anyway")
  }

  private func explained<Answer>(
    _ body: () throws(ConfigurationError) -> Answer
  ) throws(OperationError) -> Answer {
    do throws(ConfigurationError) {
      return try body()
    } catch {
      throw OperationError(
        .conflict, error.shortDescription,
        hint: "nothing was changed; fix the above and try again")
    }
  }
}

extension OperationError {
  init(_ refusal: SettingRefusal) {
    switch refusal {
    case .unknown(let key):
      self.init(
        .wrong, "there is no key \"\(key)\"",
        hint: "expected a section and a key of aes67d.yaml, such as network.interface")
    case .fileOnly(let key):
      self.init(
        .forbidden, "\(key) can only be set in the configuration file",
        hint: "change it there and restart the daemon")
    case .fileOnlyValue(let key, let expected):
      self.init(
        .forbidden, "\(key): only the configuration file may name any other file",
        hint: "expected \(expected); or change it in the configuration file")
    }
  }
}
