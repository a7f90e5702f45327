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
  @OptionGroup var options: AttributeOptions<SenderAttributes>
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["name"] = name
    let sender = try client.send("POST", "/v1/senders", keys, as: SenderStatus.self)
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
  @Argument(help: "The sender's name, or # and its id.") var name: String
  @Option(help: "Its new name.") var rename: String?
  @OptionGroup var options: AttributeOptions<SenderAttributes>
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["name"] = rename
    let sender = try client.send(
      "PATCH", StreamPath.sender(name), keys, as: SenderStatus.self)
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
  @Argument(help: "The sender's name, or # and its id.") var name: String

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
  @Argument(help: "The sender's name, or # and its id.") var name: String

  func perform(_ client: ControlClient) throws {
    print(try client.switchSender(name, on: false).line)
  }
}

extension ControlClient {
  fileprivate func switchSender(_ name: String, on: Bool) throws -> SenderStatus {
    try send("PATCH", StreamPath.sender(name), ["enabled": "\(on)"])
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
  @Argument(help: "The sender's name, or # and its id.") var name: String

  func perform(_ client: ControlClient) throws {
    try client.delete(StreamPath.sender(name))
    print("\(Text.plain(name)): removed")
  }
}
