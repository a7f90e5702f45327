// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 interfaces`: the network interfaces of this host, and the one that streams use.
struct Interfaces: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Lists the network interfaces of this host, and which one streams use.",
    discussion: """
      aes67 configure --interface NAME chooses another one; auto takes the first wired one with a link.

      Examples:
        aes67 interfaces
        aes67 interfaces --json
      """)

  @OptionGroup var connection: Connection

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func perform(_ client: ControlClient) throws {
    let interfaces = try client.get("/v1/interfaces", as: [InterfaceStatus].self)
    if json { return try printJSON(interfaces) }
    var table = Table("NAME", "KIND", "ADDRESS", "LINK", "STATE")
    for interface in interfaces {
      table.add(
        interface.name, interface.kind, interface.addresses.joined(separator: ", "),
        interface.linkText, interface.isUsed ? "used by streams" : interface.problem ?? "available")
    }
    table.show()
  }
}

extension InterfaceStatus {
  /// The link in words: `1 Gbit/s, full duplex`; empty if it is unknown.
  var linkText: String {
    guard hasCarrier, let speedMegabits else { return "" }
    let speed =
      speedMegabits.isMultiple(of: 1000)
      ? "\(speedMegabits / 1000) Gbit/s" : "\(speedMegabits) Mbit/s"
    return speed + (duplex.map { ", \($0) duplex" } ?? "")
  }
}
