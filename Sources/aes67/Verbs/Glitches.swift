// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 glitches`: recent dropouts, and the packets around them.
struct Glitches: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Lists recent dropouts: late and lost packets, gaps, and streams that restarted.",
    discussion: """
      The daemon keeps the last 256. With --verbose each is shown with the packets around it: when they arrived, \
      and how many frames before they were due. A gap is a time without packets, of 10 packet times and at least \
      100 ms, after which the stream continued.

      Examples:
        aes67 glitches
        aes67 glitches --verbose
        aes67 glitches --json
      """)

  @OptionGroup var connection: Connection

  @Flag(name: .shortAndLong, help: "Also show the packets before and after each.")
  var verbose = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func perform(_ client: ControlClient) throws {
    let events = try client.get("/v1/glitches", as: [GlitchEvent].self)
    if json { return try printJSON(events) }
    guard !events.isEmpty else { return print("no packet was late or lost") }
    var table = Table(">NUMBER", "TIME", "RECEIVER", "WHAT", ">PACKETS")
    for event in events {
      table.add(
        "\(event.number)", TimeOfDay.text(of: event.unixMilliseconds), event.receiver,
        event.kind.rawValue, "\(event.count)")
    }
    guard verbose else { return table.show() }
    for (event, line) in zip(events, table.lines.dropFirst()) {
      print(line)
      show(event)
    }
  }

  private func show(_ event: GlitchEvent) {
    var table = Table("  ", ">SEQUENCE", ">TIMESTAMP", "SOURCE", ">FRAMES", ">LEFT", "COUNTED AS")
    for packet in event.packets {
      table.add(
        "", "\(packet.sequence)", "\(packet.timestamp)", packet.source, "\(packet.frames)",
        "\(packet.marginFrames)", packet.verdict)
    }
    if !table.isEmpty { table.show() }
    print("")
  }
}
