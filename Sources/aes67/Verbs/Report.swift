// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import FoundationEssentials
internal import LinuxIO

/// `aes67 report`: all information for a bug report, in one file.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes one file with everything that a bug report needs.",
    discussion: """
      The file holds versions, the doctor's findings, status, sessions, measurements, the configuration and the \
      last log lines. Passwords and tokens are left out. Names and addresses of your network are not: read the \
      file before you publish it. Run the command as root, so that it can read the log.

      Examples:
        aes67 report
        aes67 report trouble.txt
        aes67 report -
      """)

  /// The parts of the control API that are written unchanged.
  private static let parts = [
    "status", "interfaces", "sessions", "settings", "configuration", "presets", "histograms",
    "alarms", "glitches", "threads",
  ]
  private static let logLines = 300

  @OptionGroup var connection: Connection

  @Argument(
    help: "The file to write (aes67-report-TIME.txt); - is standard output.", completion: .file())
  var file: String?

  func run() throws {
    let time = Date.now.formatted(.iso8601)
    let text = Redaction.text(of: sections(time).joined(separator: "\n"))
    guard file != "-" else { return Terminal.write(text) }
    let file = file ?? "aes67-report-\(time.filter { $0 != ":" && $0 != "-" }).txt"
    do throws(SystemError) {
      try Files.replace(file, with: text, readers: .nobody)
    } catch {
      throw refusal("\(error)", "name another file")
    }
    print("\(Text.plain(file)): look through it before you publish it")
  }

  private func sections(_ time: String) -> [String] {
    var sections = [
      Self.section("aes67 \(aes67Version), \(time)", Self.host),
      Self.section("doctor", Doctor.lines(Doctor.findings(connection)).joined(separator: "\n")),
    ]
    let client = connection.client
    var configurationFile = "/etc/aes67/aes67d.yaml"
    if let report = try? client.get("/v1/configuration", as: ConfigurationReport.self) {
      configurationFile = report.file
    }
    sections.append(Self.section(configurationFile, Self.content(configurationFile)))
    for part in Self.parts { sections.append(Self.section(part, answer("/v1/\(part)", client))) }
    sections.append(Self.section("log", log))
    return sections
  }

  private static func section(_ title: String, _ text: String) -> String {
    "==== \(title) ====\n\(text)\(text.hasSuffix("\n") ? "" : "\n")"
  }

  private static var host: String {
    let system = content("/etc/os-release").split(separator: "\n").first {
      $0.hasPrefix("PRETTY_NAME=")
    }
    let kernel = Programs.output(of: ["uname", "-a"]) ?? "kernel not known\n"
    return kernel + (system.map { "\($0)\n" } ?? "")
      + (Programs.output(of: ["aplay", "--version"]) ?? "")
  }

  private static func content(_ path: String) -> String {
    do throws(SystemError) {
      return try Files.read(path)
    } catch {
      return "\(error)\n"
    }
  }

  private func answer(_ path: String, _ client: ControlClient) -> String {
    do throws(ControlFailure) {
      return String(decoding: try client.get(path) as [UInt8], as: UTF8.self)
    } catch {
      return "\(error)\n"
    }
  }

  private var log: String {
    let (program, words) = Logs.command(
      lines: Self.logLines, follows: false, name: nil, instance: connection.instance,
      hasJournal: Files.exists("/run/systemd/system"))
    return Programs.output(of: [program] + words)
      ?? "cannot be read: \(([program] + words).joined(separator: " "))\n"
  }
}

/// Removes secrets from a text.
enum Redaction {
  private static let secrets = ["password", "passphrase", "token", "secret"]
  static let mark = "[left out]"

  static func text(of text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
      .joined(separator: "\n")
  }

  /// A line without the value after a secret's name, and without the user part of an address (RFC 3986, 3.2.1).
  private static func line(_ line: String) -> String {
    // As many characters as before.
    let lowered = String(line.map { $0.isASCII ? Character($0.lowercased()) : $0 })
    for name in secrets {
      guard let found = lowered.firstRange(of: name) else { continue }
      let rest = lowered[found.upperBound...]
      guard let place = rest.firstIndex(where: { !$0.isLetter && !" \"".contains($0) }),
        rest[place] == "=" || rest[place] == ":"
      else { continue }
      return "\(line.prefix(lowered.distance(from: lowered.startIndex, to: place) + 1)) \(mark)"
    }
    return withoutUsers(line)
  }

  private static func withoutUsers(_ line: String) -> String {
    let parts = line.split(separator: "://", omittingEmptySubsequences: false).map(String.init)
    let others = parts.dropFirst().map { part in
      let authority = part.prefix { !"/?# \"'".contains($0) }
      return authority.lastIndex(of: "@").map { mark + part[$0...] } ?? part
    }
    return (parts.prefix(1) + others).joined(separator: "://")
  }
}
