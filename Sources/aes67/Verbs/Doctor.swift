// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 doctor`: checks of this host as a sound card, with fixes.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks daemon, network and host, and suggests fixes.",
    discussion: """
      Each check is ok, warning (it works, but not as well as it could), FAIL or unknown. The exit status \
      is 1 if a check fails.

      Examples:
        aes67 doctor
        aes67 doctor --json
      """)

  @OptionGroup var connection: Connection

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func run() throws {
    let findings = Self.findings(connection)
    if json {
      try printJSON(findings)
    } else {
      for line in Self.lines(findings) { print(line) }
    }
    if findings.contains(where: { $0.verdict == .fail }) { throw ExitCode(1) }
  }

  /// The findings of all checks, the worst first.
  static func findings(_ connection: Connection) -> [Finding] {
    var findings: [Finding] = []
    var interface: String?
    var ports: [Int] = []
    do {
      let status = try connection.client.get("/v1/status", as: DaemonStatus.self)
      interface = status.interface?.name
      ports = Set(status.receivers.map { Int($0.port) }).sorted().flatMap { [$0, $0 + 1] }
      findings.append(.ok("daemon", "aes67d \(status.version) answers"))
      findings += DaemonChecks(status: status).findings
      let sessions = try connection.client.get("/v1/sessions", as: SessionsStatus.self)
      findings.append(SessionChecks(sessions: sessions).finding)
      let configuration = try connection.client.get(
        "/v1/configuration", as: ConfigurationReport.self)
      findings.append(
        .ok(
          "profile",
          "\(configuration.profile.isEmpty ? "none" : configuration.profile); recommended period:"
            + " \(configuration.smallestPeriodFrames) frames"))
    } catch {
      findings.append(.fail("daemon", error.reason, fix: error.hint))
    }
    return Finding.sorted(
      findings + HostChecks(interface: interface, streamPorts: ports).findings)
  }

  static func lines(_ findings: [Finding]) -> [String] {
    var table = Table("RESULT", "CHECK", "DETAILS")
    for finding in findings { table.add(finding.verdict.text, finding.check, finding.seen) }
    return table.lines
      + findings.filter { !$0.fix.isEmpty }.flatMap { finding in
        ["", "\(finding.check): \(Text.plain(finding.seen))", "  \(Text.plain(finding.fix))"]
      }
  }
}
