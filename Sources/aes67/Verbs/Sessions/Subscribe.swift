// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO
internal import MediaClock

/// `aes67 subscribe`: a session becomes channels that programs record.
struct Subscribe: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Receives a session: its channels become channels of the device.",
    discussion: """
      The session is one that `aes67 list` shows, by its name or origin or its stream's address and port, or one \
      that a file of SDP describes. The beginning of a name is enough where only one begins so. The session is \
      followed wherever it goes; while it is away its channels are silent. The exit status is 1 if it cannot be \
      received as it is described.

      Examples:
        aes67 subscribe "Stage left"
        aes67 subscribe "Stage left" --to 9
        aes67 subscribe "Stage left" --to 1 --replace
        aes67 subscribe 239.69.1.1:5004
        aes67 subscribe --sdp stage.sdp --to 17
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The session's name or origin, or its stream's ADDRESS:PORT.") var session:
    String?
  @Option(help: "A file of SDP instead of a session; - is standard input.") var sdp: String?
  @OptionGroup var options: AttributeOptions<SubscriptionAttributes>
  @Flag(help: "Remove receivers that fill the same channels.") var replace = false
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
    let path = "/v1/receivers" + (replace ? "?replace=true" : "")
    var receiver = try client.send("POST", path, keys, as: ReceiverStatus.self)
    // Looking the session up and joining its group takes a moment, and how that ends is what people want to know.
    let deadline = MonotonicClock.now + .seconds(1)
    while receiver.state == .waiting, MonotonicClock.now < deadline {
      MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(100))
      receiver = try client.get("/v1/receivers/\(receiver.id)")
    }
    if json { try printJSON(receiver) } else { print(receiver.line) }
    if let session = keys["session"], try SessionChoice.isRefused(session, client) {
      throw ExitCode(1)
    }
  }
}

/// `aes67 unsubscribe`: a receiver goes.
struct Unsubscribe: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Stops receiving: the channels become silent and free.",
    discussion: """
      Examples:
        aes67 unsubscribe "Stage left"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The receiver's name, or # and its id; or the session's name or origin.")
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
