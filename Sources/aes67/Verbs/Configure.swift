// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 configure`: shows and changes settings of the running daemon.
struct Configure: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows and changes settings of the running daemon.",
    discussion: """
      The file /etc/aes67/aes67d.yaml is the administrator's: it is read again with --reload, and never \
      written. What cannot change while the daemon runs is named. A profile fills in what the file does \
      not say; own ones are files in /etc/aes67/profiles.

      Examples:
        aes67 configure
        aes67 configure --log-level debug
        aes67 configure --profile low-latency
        aes67 configure --reload
      """)

  @OptionGroup var connection: Connection

  @Option(help: "The profile to use, until the daemon starts again.")
  var profile: String?

  @Option(help: "trace, debug, info, notice, warning or error; until the daemon starts again.")
  var logLevel: String?

  @Flag(help: "Read the configuration file again.")
  var reload = false

  @Flag(help: "For programs.")
  var json = false

  /// Everything that `--json` prints where nothing is changed.
  struct Report: Codable {
    var configuration: ConfigurationReport
    var logLevel: String
  }

  func perform(_ client: ControlClient) throws {
    if let logLevel {
      let answer = try client.send(
        "PUT", "/v1/log-level", LogLevelReport(level: logLevel), as: LogLevelReport.self)
      if json { try printJSON(answer) } else { print("log level \(answer.level)") }
    }
    if let profile {
      let wish = ProfileRequest(profile: profile)
      try show(try client.send("PUT", "/v1/profile", wish, as: ReloadReport.self))
    } else if reload {
      try show(try client.send("POST", "/v1/reload", [String](), as: ReloadReport.self))
    } else if logLevel == nil {
      try showAll(client)
    }
  }

  private func show(_ report: ReloadReport) throws {
    if json { return try printJSON(report) }
    print("profile \(report.profile.isEmpty ? "none" : report.profile)")
    for line in report.applied { print(Text.plain(line)) }
    if report.applied.isEmpty { print("nothing changed") }
    for section in report.needsRestart { print("\(section): differs; restart the daemon for it") }
  }

  private func showAll(_ client: ControlClient) throws {
    let report = Report(
      configuration: try client.get("/v1/configuration"),
      logLevel: try client.get("/v1/log-level", as: LogLevelReport.self).level)
    if json { return try printJSON(report) }
    let configuration = report.configuration
    print("file       \(configuration.file)")
    print("profile    \(configuration.profile.isEmpty ? "none" : configuration.profile)")
    print("profiles   \(configuration.profiles.joined(separator: ", "))")
    print("period     \(configuration.smallestPeriodFrames) frames at least")
    print("log level  \(report.logLevel)")
  }
}
