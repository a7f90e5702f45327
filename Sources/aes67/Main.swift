// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI

/// The command of the sound card; called as `aes67-VERB`, it is that verb.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aes67",
    abstract: "Shows and controls the AES67 virtual sound card.",
    discussion: """
      It talks to the daemon aes67d of this host. Run it as root or as a member of the group aes67.

      Exit status: 0 done; 1 refused, or a check failed; 64 usage error; 66 file cannot be read; \
      69 aes67d is not running; 75 aes67d does not answer; 76 answer not understood; 77 permission denied. \
      `aes67 help status` lists those of `aes67 status`.
      """,
    version: aes67Version,
    subcommands: [
      Status.self, List.self, Subscribe.self, Unsubscribe.self, Senders.self, Receivers.self,
      Rename.self, Route.self, Routes.self, Play.self, Record.self, Listen.self,
      Stream.self, Describe.self,
      Stats.self, Monitor.self, Histogram.self, Glitches.self, Logs.self, Clocks.self,
      Interfaces.self, Configure.self, Undo.self, Preset.self, Panel.self, Integrate.self,
      Card.self, Doctor.self, Report.self,
    ])

  static func main() {
    let words = CommandLine.arguments
    let name = words.first?.split(separator: "/").last ?? "aes67"
    let verbs = name.hasPrefix("aes67-") ? [String(name.dropFirst("aes67-".count))] : []
    main(verbs + words.dropFirst())
  }
}
