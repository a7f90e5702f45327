// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlClient

/// `aes67 senders enable`, `aes67 receivers enable`.
struct Enable<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "enable", abstract: "Switches a \(Kind.noun) on again.",
      discussion: """
        Examples:
          aes67 \(Kind.collection) enable "Stage left"
        """)
  }

  @OptionGroup var connection: Connection
  @Argument(help: "The \(Kind.noun)'s name, or # and its id.", completion: Kind.completion)
  var name: String

  func perform(_ client: ControlClient) throws {
    try Kind.switchOne(name, on: true, client)
  }
}

/// `aes67 senders disable`, `aes67 receivers disable`.
struct Disable<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "disable",
      abstract: "Switches a \(Kind.noun) off; it stays in the list and keeps its channels.",
      discussion: """
        Examples:
          aes67 \(Kind.collection) disable "Stage left"
        """)
  }

  @OptionGroup var connection: Connection
  @Argument(help: "The \(Kind.noun)'s name, or # and its id.", completion: Kind.completion)
  var name: String

  func perform(_ client: ControlClient) throws {
    try Kind.switchOne(name, on: false, client)
  }
}

extension StreamKind {
  fileprivate static func switchOne(_ name: String, on: Bool, _ client: ControlClient) throws {
    let status = try client.send("PATCH", path(name), ["enabled": "\(on)"], as: Status.self)
    print(line(of: status))
  }
}

/// `aes67 senders remove`, `aes67 receivers remove`.
struct Remove<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "remove", abstract: "Removes a \(Kind.noun).",
      discussion: """
        Examples:
          aes67 \(Kind.collection) remove "Stage left"
        """)
  }

  @OptionGroup var connection: Connection
  @Argument(help: "The \(Kind.noun)'s name, or # and its id.", completion: Kind.completion)
  var name: String

  func perform(_ client: ControlClient) throws {
    try client.delete(Kind.path(name))
    print("\(Text.plain(name)): removed")
  }
}
