// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 stream`: the senders of this host.
struct Stream: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publishes, changes and removes senders; plays a file into channels.",
    discussion: """
      A sender carries a block of the device's channels, 8 by default, to a multicast group. Those of the \
      configuration file can be changed too.

      Examples:
        aes67 stream publish "Stage left" --channels 2
        aes67 stream edit "Stage left" --first-channel 3
        aes67 stream disable "Stage left"
        aes67 stream remove "Stage left"
        aes67 stream --file song.wav --to 3
      """,
    subcommands: [
      Publish.self, Edit.self, Enable.self, Disable.self, Remove.self, Play.self,
    ],
    defaultSubcommand: Play.self)
}

/// What a sender may be given on the command line.
struct SenderOptions: ParsableArguments {
  @Option(help: "Multicast group, or the address of one receiver.")
  var address: String?

  @Option(help: "UDP port (5004).")
  var port: Int?

  @Option(help: "How many channels, 1 to 64 (8).")
  var channels: Int?

  @Option(help: "The first device channel it carries, from 1.")
  var firstChannel: Int?

  @Option(
    help: "125us, 250us, 333us, 1ms or 4ms of audio a packet (1ms).", transform: microseconds)
  var packetTime: Int?

  @Option(help: "RTP payload type, 96 to 127 (98).")
  var payloadType: Int?

  func request(name: String?) -> SenderRequest {
    SenderRequest(
      name: name, address: address, port: port, channels: channels, firstChannel: firstChannel,
      packetTimeMicroseconds: packetTime, payloadType: payloadType)
  }
}

extension SenderStatus {
  /// In one line.
  var line: String {
    let which =
      map.map { $0.map { $0 == 0 ? "none" : "\($0)" }.joined(separator: ", ") }
      ?? "\(firstChannel) to \(firstChannel + channels - 1)"
    let reason = error.map { " (\($0))" } ?? ""
    return Text.plain(
      "\(name): \(address):\(port), channels \(which), \(state.rawValue)\(reason)")
  }
}

struct Publish: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Adds a sender.",
    discussion: """
      Examples:
        aes67 stream publish
        aes67 stream publish "Stage left" --channels 2 --packet-time 250us
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "Its name (sender 1, sender 2, ...).") var name: String?
  @OptionGroup var options: SenderOptions
  @Flag(help: "For programs.") var json = false

  func perform(_ client: ControlClient) throws {
    let sender = try client.send(
      "POST", "/v1/senders", options.request(name: name), as: SenderStatus.self)
    if json { try printJSON(sender) } else { print(sender.line) }
  }
}

struct Edit: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Changes a sender; it pauses only where its packets change.",
    discussion: """
      Examples:
        aes67 stream edit "Stage left" --rename "Stage right"
        aes67 stream edit "Stage left" --channels 4 --first-channel 5
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name or number.") var name: String
  @Option(help: "Its new name.") var rename: String?
  @OptionGroup var options: SenderOptions
  @Flag(help: "For programs.") var json = false

  func perform(_ client: ControlClient) throws {
    let sender = try client.send(
      "PATCH", "/v1/senders/\(pathPart(name))", options.request(name: rename),
      as: SenderStatus.self)
    if json { try printJSON(sender) } else { print(sender.line) }
  }
}

struct Enable: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Switches a sender on again.",
    discussion: """
      Examples:
        aes67 stream enable "Stage left"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name or number.") var name: String

  func perform(_ client: ControlClient) throws {
    print(try client.switchSender(name, on: true).line)
  }
}

struct Disable: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Switches a sender off; it stays in the list.",
    discussion: """
      Examples:
        aes67 stream disable "Stage left"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name or number.") var name: String

  func perform(_ client: ControlClient) throws {
    print(try client.switchSender(name, on: false).line)
  }
}

extension ControlClient {
  fileprivate func switchSender(_ name: String, on: Bool) throws -> SenderStatus {
    try send("PATCH", "/v1/senders/\(pathPart(name))", SenderRequest(enabled: on))
  }
}

struct Remove: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Removes a sender.",
    discussion: """
      Examples:
        aes67 stream remove "Stage left"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name or number.") var name: String

  func perform(_ client: ControlClient) throws {
    try client.delete("/v1/senders/\(pathPart(name))")
    print("\(Text.plain(name)): removed")
  }
}
