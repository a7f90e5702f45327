// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 senders edit`, `aes67 receivers edit`: changes attributes of a stream while it runs.
struct Edit<Kind: StreamKind>: Verb {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "edit",
      abstract: "Changes a \(Kind.noun). Its audio is interrupted only where necessary.",
      discussion: """
        Examples:
          aes67 \(Kind.collection) edit "Stage left" --rename "Stage right"
          aes67 \(Kind.collection) edit "Stage left" --channels 2 --first-channel 5
          aes67 \(Kind.collection) edit "Stage left" --channels 17,3
          aes67 \(Kind.collection) edit "Stage left" --sdp stage.sdp
        """)
  }

  @OptionGroup var connection: Connection
  @Argument(help: "The \(Kind.noun)'s name, or # and its id.", completion: Kind.completion)
  var name: String
  @Option(help: "New name.") var rename: String?
  @Option(
    help: ArgumentHelp(
      "File with its edited SDP; - is standard input. A line that cannot be applied is refused.",
      valueName: "file"), completion: .file(extensions: ["sdp"]))
  var sdp: String?
  @OptionGroup var options: AttributeOptions<Kind.Attributes>
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    var keys = options.keys
    keys["name"] = rename
    let path = Kind.path(name)
    var status: Kind.Status?
    if let sdp {
      let request = SDPCheckRequest(sdp: try FileFailure.read(sdp))
      status = try client.send("PUT", "\(path)/sdp", request, as: Kind.Status.self)
    }
    if status == nil || !keys.isEmpty {
      // Its name may have changed with its description.
      let now = status.map { Kind.path(Kind.name(of: $0)) } ?? path
      status = try client.send("PATCH", now, keys, as: Kind.Status.self)
    }
    guard let status else { return }
    if json { try printJSON(status) } else { print(Kind.line(of: status)) }
  }
}
