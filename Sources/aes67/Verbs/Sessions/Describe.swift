// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlClient
internal import LinuxIO

/// `aes67 sdp`: the description of a sender, for devices that are given one by hand.
struct Describe: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sdp", abstract: "Prints the SDP description of a sender of this host.",
    discussion: """
      Examples:
        aes67 sdp "Stage left"
        aes67 sdp "Stage left" > stage.sdp
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name, or # and its id.", completion: .senders) var name: String

  func perform(_ client: ControlClient) throws {
    let text = String(
      decoding: try client.get(SenderKind.path(name) + "/sdp") as [UInt8], as: UTF8.self)
    // A file gets the lines as they are announced; a screen does not need their carriage returns.
    guard Terminal.isOutput else { return Terminal.write(text) }
    for line in text.split(whereSeparator: \.isNewline) { print(Text.plain(String(line))) }
  }
}
