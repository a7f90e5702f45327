// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlClient

/// `aes67 senders edit`, `aes67 receivers edit`: changes attributes of a stream while it runs.
struct Edit<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "edit", abstract: "Changes a \(Kind.noun); its sound pauses only where it must.",
      discussion: """
        Examples:
          aes67 \(Kind.collection) edit "Stage left" --rename "Stage right"
          aes67 \(Kind.collection) edit "Stage left" --channels 2 --first-channel 5
          aes67 \(Kind.collection) edit "Stage left" --channels 17,3
        """)
  }

  @OptionGroup var connection: Connection
  @Argument(help: "The \(Kind.noun)'s name, or # and its id.", completion: Kind.completion)
  var name: String
  @Option(help: "Its new name.") var rename: String?
  @OptionGroup var options: AttributeOptions<Kind.Attributes>
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["name"] = rename
    let status = try client.send("PATCH", Kind.path(name), keys, as: Kind.Status.self)
    if json { try printJSON(status) } else { print(Kind.line(of: status)) }
  }
}
