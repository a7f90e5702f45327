// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI

/// The command of the sound card; as `aes67-VERB` it is that verb alone.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aes67",
    abstract: "Looks at and controls the AES67 virtual sound card.",
    discussion: """
      It speaks with the daemon aes67d of this host, as root or as a member of the group aes67.

      Exit status: 0 done; 1 refused, or something is wrong; 64 wrong usage; 66 a file cannot be read; \
      69 the daemon does not run; 75 it does not answer; 76 its answer is not understood; 77 you may not.
      """,
    version: aes67Version,
    subcommands: [
      List.self, Subscribe.self, Unsubscribe.self, Stream.self, Describe.self, Stats.self,
      Monitor.self, Glitches.self, Configure.self, Doctor.self,
    ])

  static func main() {
    let words = CommandLine.arguments
    let name = words.first?.split(separator: "/").last ?? "aes67"
    let verbs = name.hasPrefix("aes67-") ? [String(name.dropFirst("aes67-".count))] : []
    main(verbs + words.dropFirst())
  }
}
