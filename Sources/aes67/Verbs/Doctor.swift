// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 doctor`: what is wrong with this host as a sound card, and how to mend it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks daemon, network and host, and says how to mend what is wrong.",
    discussion: """
      Each check is good, doubtful (it works, but not as well as it could), bad, or unknown. The exit \
      status is 1 when one is bad.

      Examples:
        aes67 doctor
        aes67 doctor --json
      """)

  @OptionGroup var connection: Connection

  @Flag(help: "For programs.")
  var json = false

  func run() throws {
    var findings: [Finding] = []
    var interface: String?
    do {
      let status = try connection.client.get("/v1/status", as: DaemonStatus.self)
      interface = status.interface?.name
      findings.append(.good("daemon", "aes67d \(status.version) answers"))
      findings += DaemonChecks(status: status).findings
      let configuration = try connection.client.get(
        "/v1/configuration", as: ConfigurationReport.self)
      findings.append(
        .good(
          "profile",
          "\(configuration.profile.isEmpty ? "none" : configuration.profile): choose periods of"
            + " \(configuration.smallestPeriodFrames) frames in programs"))
    } catch {
      findings.append(.bad("daemon", error.reason, fix: error.hint))
    }
    findings += HostChecks(interface: interface).findings
    if json {
      try printJSON(findings)
    } else {
      Self.show(findings)
    }
    if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(1) }
  }

  private static func show(_ findings: [Finding]) {
    var table = Table("VERDICT", "CHECK", "SEEN")
    for finding in findings { table.add(finding.verdict.rawValue, finding.check, finding.seen) }
    table.show()
    for finding in findings where !finding.fix.isEmpty {
      print("\n\(finding.check): \(Text.plain(finding.seen))\n  \(Text.plain(finding.fix))")
    }
  }
}
