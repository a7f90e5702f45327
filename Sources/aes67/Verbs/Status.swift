// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 status`: the health of the sound card on one screen, for users and for monitoring systems.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Shows the health of clock and streams; its exit status is for monitoring systems.",
    discussion: """
      The most serious problem comes first, with its cause and when it began. The last events follow. In a \
      terminal the output is coloured, unless NO_COLOR is set.

      Exit status, as Nagios and similar systems expect it: 0 OK; 1 warning: audio is or may be disturbed; 2 \
      critical: a stream does not send or receive, or aes67d is not running; 3 unknown: aes67d does not answer.

      Examples:
        aes67 status
        aes67 status --json
      """)

  /// The output of `--json`.
  struct Report: Codable {
    var verdict: Finding.Verdict
    var findings: [Finding]
    var alarms: [Alarm]
  }

  /// The number of events that are shown.
  private static let events = 5

  @OptionGroup var connection: Connection

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func run() throws {
    let report: Report
    do {
      let client = connection.client
      let status = try client.get("/v1/status", as: DaemonStatus.self)
      let findings = Finding.sorted(DaemonChecks(status: status).statusFindings)
      report = Report(
        verdict: findings.first?.verdict ?? .ok, findings: findings,
        alarms: try client.get("/v1/alarms"))
    } catch {
      complain(error.reason, hint: error.hint)
      throw error.monitoringCode
    }
    if json { try printJSON(report) } else { Self.show(report, isColoured: Colour.isWanted) }
    switch report.verdict {
    case .ok: break
    case .warning, .unknown: throw ExitCode(1)
    case .fail: throw ExitCode(2)
    }
  }

  private static func show(_ report: Report, isColoured: Bool) {
    let width = report.findings.map(\.check.count).max() ?? 0
    for finding in report.findings {
      let word = finding.verdict.text
      let result = word + String(repeating: " ", count: max(0, 8 - word.count))
      let check = finding.check + String(repeating: " ", count: width - finding.check.count)
      print(
        "\(Colour.text(result, finding.verdict, isColoured))  \(check)  \(Text.plain(finding.seen))"
      )
      let isFixable = finding.verdict == .fail || finding.verdict == .warning
      if isFixable, !finding.fix.isEmpty { print("          \(Text.plain(finding.fix))") }
    }
    guard !report.alarms.isEmpty else { return }
    print("\nLAST EVENTS")
    for alarm in report.alarms.suffix(Self.events) {
      print("\(TimeOfDay.text(of: alarm.unixMilliseconds).prefix(8))  \(Text.plain(alarm.text))")
    }
  }
}

extension ControlFailure {
  /// The monitoring status of a daemon that does not answer.
  fileprivate var monitoringCode: ExitCode {
    if case .noDaemon = self { ExitCode(2) } else { ExitCode(3) }
  }
}

/// The colours of verdicts.
enum Colour {
  /// True in a terminal that shows colours, unless they are disabled (no-color.org).
  static var isWanted: Bool { Terminal.isOutput && Terminal.showsColours }

  static func text(_ text: String, _ verdict: Finding.Verdict, _ isColoured: Bool) -> String {
    guard isColoured else { return text }
    let code =
      switch verdict {
      case .ok: "32"
      case .warning: "33"
      case .fail: "1;31"
      case .unknown: "2"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
