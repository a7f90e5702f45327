// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 senders`: the senders of this host.
struct Senders: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists, adds, changes and removes the senders of this host.",
    discussion: """
      A sender sends channels of the device, a block of 8 by default, to a multicast group. Senders of the \
      configuration file can be changed, too.

      Examples:
        aes67 senders
        aes67 senders add "Stage right" --channels 2
        aes67 senders edit "Stage left" --first-channel 3
      """,
    subcommands: [
      ListStreams<SenderKind>.self, AddSender.self, Edit<SenderKind>.self,
      Enable<SenderKind>.self, Disable<SenderKind>.self, Remove<SenderKind>.self,
    ],
    defaultSubcommand: ListStreams<SenderKind>.self)
}

/// `aes67 receivers`: the receivers of this host.
struct Receivers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists, changes and removes the receivers of this host.",
    discussion: """
      A receiver plays a stream from the network into channels of the device. To add one, use aes67 subscribe.

      Examples:
        aes67 receivers
        aes67 receivers edit "Stage left" --channels 17,3
        aes67 receivers disable "Stage left"
      """,
    subcommands: [
      ListStreams<ReceiverKind>.self, Edit<ReceiverKind>.self, Enable<ReceiverKind>.self,
      Disable<ReceiverKind>.self, Remove<ReceiverKind>.self,
    ],
    defaultSubcommand: ListStreams<ReceiverKind>.self)
}

/// `aes67 stream`: the senders under their former name, and `play`.
struct Stream: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publishes, changes and removes senders (see aes67 senders); plays a file.",
    discussion: """
      Examples:
        aes67 stream publish "Stage right" --channels 2
        aes67 stream --file song.wav --to 3
      """,
    subcommands: [
      AddSender.self, ListStreams<SenderKind>.self, Edit<SenderKind>.self, Enable<SenderKind>.self,
      Disable<SenderKind>.self, Remove<SenderKind>.self, Play.self,
    ],
    defaultSubcommand: Play.self)
}

/// `aes67 senders add`, formerly `aes67 stream publish`.
struct AddSender: Verb {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a sender.",
    discussion: """
      Examples:
        aes67 senders add
        aes67 senders add "Stage right" --channels 2 --packet-time 250us
      """, aliases: ["publish"])

  @OptionGroup var connection: Connection
  @Argument(help: "Name of the sender (default: sender 1, sender 2, ...).") var name: String?
  @OptionGroup var options: AttributeOptions<SenderAttributes>
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["name"] = name
    let sender = try client.send("POST", "/v1/senders", keys, as: SenderStatus.self)
    if json { try printJSON(sender) } else { print(sender.line) }
  }
}

extension SenderStatus {
  /// A summary in one line.
  var line: String {
    return Text.plain(
      "\(name): \(address):\(port), \(DeviceChannels(self).words), \(stateLine)")
  }
}

extension ReceiverStatus {
  /// A summary in one line.
  var line: String {
    let from = address == "0.0.0.0" ? "no address yet" : "\(address):\(port)"
    return Text.plain(
      "\(name): \(from), \(DeviceChannels(self).words), \(stateLine)")
  }
}
