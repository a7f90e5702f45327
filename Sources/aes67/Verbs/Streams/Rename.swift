// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 rename`: renames a sender or a receiver.
struct Rename: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Renames a sender or a receiver.",
    discussion: """
      Audio is not interrupted. If a sender and a receiver have the same name, choose one with --sender or \
      --receiver.

      Examples:
        aes67 rename --sender "Stage left" "Stage right"
        aes67 rename --receiver "Stage left" "Monitors"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "Current name.", completion: .streams) var name: String
  @Argument(help: "New name.") var newName: String
  @Flag(help: "Rename the sender, not the receiver of that name.") var sender = false
  @Flag(help: "Rename the receiver, not the sender of that name.") var receiver = false

  func validate() throws {
    guard !sender || !receiver else {
      throw ValidationError("use either --sender or --receiver")
    }
  }

  func perform(_ client: ControlClient) throws {
    let isSender = try SenderKind.all(client).contains { $0.name == name }
    let isReceiver = try ReceiverKind.all(client).contains { $0.name == name }
    if isSender, isReceiver, !sender, !receiver {
      complain(
        "a sender and a receiver are called \"\(name)\"",
        hint: "choose one: aes67 rename --sender or --receiver")
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
