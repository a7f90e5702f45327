// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 configure`: shows and changes settings of the running daemon.
struct Configure: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows and changes settings of the running daemon.",
    discussion: """
      Settings made here override the configuration file /etc/aes67/aes67d.yaml and survive restarts. The file \
      is never modified; --reset drops all overrides, including published streams and subscriptions. Keys are \
      those of the file with their section; aes67d.yaml(5) describes them. What takes effect only after a \
      restart is named. A profile supplies what the file does not set; your own are files in \
      /etc/aes67/profiles.

      Examples:
        aes67 configure
        aes67 configure --profile low-latency
        aes67 configure --interface eth0 --ptp-domain 1
        aes67 configure --interface eth7 --force
        aes67 configure --log-level debug
        aes67 configure streams.link-offset 5ms
        aes67 configure --reload
        aes67 configure --reset
      """)

  @OptionGroup var connection: Connection

  @Argument(help: ArgumentHelp("Keys and their values.", valueName: "key value"))
  var words: [String] = []

  @Option(help: "The profile to use: interop, low-latency, none or one of your own.")
  var profile: String?

  @Option(help: "The network interface, or auto.")
  var interface: String?

  @Option(help: "The PTP domain.")
  var ptpDomain: Int?

  @Option(help: "trace, debug, info, notice, warning or error.")
  var logLevel: String?

  @Flag(help: "Read the configuration file again.")
  var reload = false

  @Flag(help: "Drop all overrides, streams too: the file alone holds.")
  var reset = false

  @Flag(help: "Accept a network interface that does not exist yet.")
  var force = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  /// Everything that `--json` prints where nothing is changed.
  struct Report: Codable {
    var configuration: ConfigurationReport
    var logLevel: String
  }

  func validate() throws {
    guard words.count.isMultiple(of: 2) else {
      throw ValidationError("name keys with their values, such as streams.link-offset 5ms")
    }
    let tasks = [reload, reset, !settings.isEmpty].filter(\.self)
    guard tasks.count <= 1 else {
      throw ValidationError("--reload, --reset and settings are three tasks: one at a time")
    }
  }

  private var settings: [String: String] {
    var settings: [String: String] = [:]
    for place in stride(from: 0, to: words.count - 1, by: 2) {
      settings[words[place]] = words[place + 1]
    }
    settings["profile"] = profile ?? settings["profile"]
    settings["network.interface"] = interface ?? settings["network.interface"]
    settings["ptp.domain"] = ptpDomain.map { "\($0)" } ?? settings["ptp.domain"]
    settings["log.level"] = logLevel ?? settings["log.level"]
    return settings
  }

  func perform(_ client: ControlClient) throws {
    if reset {
      try show(try client.send("DELETE", "/v1/configuration", [String](), as: ReloadReport.self))
    } else if reload {
      try show(try client.send("POST", "/v1/reload", [String](), as: ReloadReport.self))
    } else if settings.isEmpty {
      try showAll(client)
    } else if settings.count == 1, let level = settings["log.level"] {
      let answer = try client.send(
        "PUT", "/v1/log-level", LogLevelReport(level: level), as: LogLevelReport.self)
      if json { try printJSON(answer) } else { print("log level \(answer.level)") }
    } else {
      let request = SettingsRequest(settings: settings)
      let path = "/v1/configuration" + (force ? "?force=true" : "")
      try show(try client.send("PATCH", path, request, as: ReloadReport.self))
    }
  }

  private func show(_ report: ReloadReport) throws {
    if json { return try printJSON(report) }
    print("profile \(report.profile.isEmpty ? "none" : report.profile)")
    for line in report.applied { print(Text.plain(line)) }
    if report.applied.isEmpty { print("no changes") }
    if !report.needsRestart.isEmpty {
      let keys = report.needsRestart.joined(separator: ", ")
      print("takes effect after a restart (sudo systemctl restart aes67d): \(keys)")
    }
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
    for (key, value) in configuration.settings.sorted(by: { $0.key < $1.key }) {
      print("override   \(Text.plain("\(key) \(value)"))")
    }
    for name in configuration.senders { print("override   sender \(Text.plain(name))") }
    for name in configuration.receivers { print("override   receiver \(Text.plain(name))") }
  }
}
