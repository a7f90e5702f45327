// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 rename`: another name for a sender or a receiver.
struct Rename: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Gives a sender or a receiver another name.",
    discussion: """
      The sound goes on. Where a sender and a receiver have the same name, --sender or --receiver tells which \
      is meant.

      Examples:
        aes67 rename --sender "Stage left" "Stage right"
        aes67 rename --receiver "Stage left" "Monitors"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The present name.", completion: .streams) var name: String
  @Argument(help: "The new name.") var newName: String
  @Flag(help: "A sender is meant.") var sender = false
  @Flag(help: "A receiver is meant.") var receiver = false

  func validate() throws {
    guard !sender || !receiver else {
      throw ValidationError("--sender and --receiver: one of both")
    }
  }

  func perform(_ client: ControlClient) throws {
    let isSender = try SenderKind.all(client).contains { $0.name == name }
    let isReceiver = try ReceiverKind.all(client).contains { $0.name == name }
    if isSender, isReceiver, !sender, !receiver {
      complain(
        "a sender and a receiver are called \"\(name)\"",
        hint: "say which is meant: aes67 rename --sender or --receiver")
      throw ExitCode(1)
    }
    if sender || isSender && !receiver {
      try rename(SenderKind.self, client)
    } else {
      // The daemon's own answer to an unknown name lists those that there are.
      try rename(ReceiverKind.self, client)
    }
  }

  private func rename<Kind: StreamKind>(_ kind: Kind.Type, _ client: ControlClient) throws {
    let status = try client.send("PATCH", Kind.path(name), ["name": newName], as: Kind.Status.self)
    print(Kind.line(of: status))
  }
}
