// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import LinuxIO

/// `aes67 logs`: the daemon's lines in the journal, or in its log file if there is no systemd.
///
/// The command becomes `journalctl` or `tail`, whose filters and colours users know.
struct Logs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the log of the daemon, or of one stream.",
    discussion: """
      Examples:
        aes67 logs
        aes67 logs --lines 200 "Stage left"
      """)

  @Argument(help: "Name of a sender, receiver or session.", completion: .streamsAndSessions)
  var name: String?
  @Flag(name: .shortAndLong, help: "Continue with new lines until Ctrl-C.") var follow = false
  @Option(name: .shortAndLong, help: "Number of lines.", transform: number) var lines = 50
  @Option(
    help: "Name of the daemon instance, if this host runs more than one.", completion: .instances)
  var instance = ""

  func run() throws {
    let (program, words) = Self.command(
      lines: lines, follows: follow, name: name, instance: instance,
      hasJournal: Files.exists("/run/systemd/system"))
    if let file = words.first(where: { $0.hasPrefix("/var/log/") }), !Files.exists(file) {
      complain(
        "\(file) does not exist",
        hint: "without systemd, only a daemon that scripts/background.sh started writes there")
      throw FileFailure.exitCode
    }
    do throws(SystemError) {
      try Programs.become(program, words)
    } catch {
      complain("\(error)", hint: "")
      throw ExitCode(1)
    }
  }

  /// The program that shows the log, with its arguments.
  static func command(
    lines: Int, follows: Bool, name: String?, instance: String, hasJournal: Bool
  ) -> (program: String, words: [String]) {
    guard hasJournal else {
      let suffix = instance.isEmpty ? "" : "-\(instance)"
      let file = "/var/log/aes67d\(suffix).log"
      guard let name else {
        return ("tail", ["-n", "\(lines)"] + (follows ? ["-F"] : []) + ["--", file])
      }
      let script =
        follows
        ? "tail -n \(lines) -F -- \"$1\" | grep -F --line-buffered -e \"$2\""
        : "grep -F -e \"$2\" -- \"$1\" | tail -n \(lines)"
      return ("sh", ["-c", script, "sh", file, name])
    }
    let unit = instance.isEmpty ? "aes67d.service" : "aes67d@\(instance).service"
    // Fields of one name are alternatives, those of different names conditions; + begins another alternative.
    let fields = name.map { name in
      ["_SYSTEMD_UNIT=\(unit)", "STREAM=\(name)", "+", "_SYSTEMD_UNIT=\(unit)", "SESSION=\(name)"]
    }
    return (
      "journalctl",
      ["--lines=\(lines)"] + (follows ? ["--follow"] : []) + (fields ?? ["--unit=\(unit)"])
    )
  }
}
