// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlClient

/// `aes67 senders list`, `aes67 receivers list`.
struct ListStreams<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "Lists the \(Kind.collection) of this host.",
      discussion: """
        Examples:
          aes67 \(Kind.collection)
          aes67 \(Kind.collection) list --json
        """)
  }

  @OptionGroup var connection: Connection
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    let all = try Kind.all(client)
    if json { return try printJSON(all) }
    guard !all.isEmpty else { return print("this host has no \(Kind.collection)") }
    Kind.table(all).show()
  }
}
