// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO
internal import MediaClock

/// `aes67 subscribe`: receives a session on device channels.
struct Subscribe: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Receives a session: its channels become channels of the device.",
    discussion: """
      Name a session that `aes67 list` shows by its name, its origin, or the address and port of its stream; or \
      use an SDP file. The beginning of a name is enough if it is unique. The receiver follows the session when \
      its address or format changes; while the session is absent, its channels are silent. The exit status is 1 \
      if the session cannot be received as described.

      The receivers of the default layout leave their channels to the subscription, and take them back when it \
      ends. If another subscription uses the channels, the command names it and asks before it replaces it; \
      --replace skips the question. `aes67 undo` restores what was replaced.

      Examples:
        aes67 subscribe "Stage left"
        aes67 subscribe "Stage left" --to 9
        aes67 subscribe "Stage left" --to 1 --replace
        aes67 subscribe 239.69.1.1:5004
        aes67 subscribe --sdp stage.sdp --to 17
      """)

  @OptionGroup var connection: Connection
  @Argument(
    help: "The session's name or origin, or its stream's ADDRESS:PORT.", completion: .sessions)
  var session: String?
  @Option(
    help: "SDP file to use instead of a session; - is standard input.",
    completion: .file(extensions: ["sdp"]))
  var sdp: String?
  @OptionGroup var options: AttributeOptions<SubscriptionAttributes>
  @Flag(help: "Replace subscriptions that fill the same channels, without asking.")
  var replace = false
  @Flag(help: "Accept a session that is not announced yet, and wait for it.") var wait = false
  @Flag(help: "Machine-readable JSON output.") var json = false

  func validate() throws {
    let ways = [session, sdp, options.keys["sdp-url"]].compactMap(\.self)
    guard ways.count == 1 else {
      throw ValidationError("name a session, or a file with --sdp, or an address with --sdp-url")
    }
  }

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["session"] = try wait ? session : session.map { try SessionChoice.resolve($0, client) }
    if let sdp { keys["sdp-text"] = try FileFailure.read(sdp) }
    let before = try ReceiverKind.all(client)
    var receiver = try add(keys, client)
    // Looking up the session and joining its group takes a moment, and users want to know the result.
    let deadline = MonotonicClock.now + .seconds(1)
    while receiver.state == .waiting, MonotonicClock.now < deadline {
      MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(100))
      receiver = try client.get("/v1/receivers/\(receiver.id)")
    }
    if json {
      try printJSON(receiver)
    } else {
      print(receiver.line)
      try showWhatGaveWay(to: receiver, before, client)
    }
    if receiver.state == .notReceivable { throw ExitCode(1) }
  }
}

extension Subscribe {
  /// Adds the receiver; on a terminal it asks before it replaces others.
  private func add(_ keys: [String: String], _ client: ControlClient) throws -> ReceiverStatus {
    func send(replacing: Bool) throws -> ReceiverStatus {
      let path = "/v1/receivers" + (replacing ? "?replace=true" : "")
      return try client.send("POST", path, keys, as: ReceiverStatus.self)
    }
    do {
      return try send(replacing: replace)
    } catch ControlFailure.refused(409, let error)
      where !replace && error.reason.contains("already fills") && Terminal.canAsk
    {
      guard Terminal.confirms("\(Text.plain(error.reason)). Replace?") else {
        print("nothing was changed")
        throw ExitCode(1)
      }
      return try send(replacing: true)
    }
  }

  /// Lists the receivers that were replaced, and those of the layout that yield channels.
  private func showWhatGaveWay(
    to receiver: ReceiverStatus, _ before: [ReceiverStatus], _ client: ControlClient
  ) throws {
    let now = try ReceiverKind.all(client)
    for old in before where !now.contains(where: { $0.id == old.id }) {
      print(
        Text.plain(
          "replaced: \(old.name), \(DeviceChannels(old).words); `aes67 undo` brings it back"))
    }
    for other in now {
      for yielded in other.yielded where yielded.to == receiver.name {
        print(
          Text.plain(
            "\(other.name) leaves \(yielded.words) to it until"
              + " `aes67 unsubscribe`"))
      }
    }
  }
}

/// `aes67 unsubscribe`: removes a receiver.
struct Unsubscribe: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Stops receiving: the channels become silent and free.",
    discussion: """
      Examples:
        aes67 unsubscribe "Stage left"
      """)

  @OptionGroup var connection: Connection
  @Argument(
    help: "The receiver's name, or # and its id; or the session's name or origin.",
    completion: .receivers)
  var name: String

  func perform(_ client: ControlClient) throws {
    let receivers = try client.get("/v1/receivers", as: [ReceiverStatus].self)
    let found =
      receivers.first { $0.name == name || "#\($0.id)" == name }
      ?? receivers.first { $0.session == name }
    // The daemon's own answer to an unknown name lists those that there are.
    try client.delete(ReceiverKind.path(found.map { "#\($0.id)" } ?? name))
    print("\(Text.plain(found?.name ?? name)): no longer received")
  }
}
