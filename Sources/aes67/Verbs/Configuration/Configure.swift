// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import DaemonConfiguration
internal import LinuxIO

/// `aes67 configure`: shows and changes settings of the running daemon.
struct Configure: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows and changes settings of the running daemon.",
    discussion: """
      Settings made here override the configuration file /etc/aes67/aes67d.yaml and survive restarts. The file \
      is never modified. --unset drops the override of one key; --reset drops all overrides, including published \
      streams and subscriptions. Keys are written with their section, as aes67d.yaml(5) describes them. A single \
      key prints its value and where the value comes from; --list prints all of them. The command says which \
      changes take effect only after a restart. A profile supplies values that the file does not set; your own \
      profiles are files in /etc/aes67/profiles.

      Examples:
        aes67 configure
        aes67 configure --profile low-latency
        aes67 configure --interface eth0 --ptp-domain 1
        aes67 configure --interface eth7 --force
        aes67 configure --log-level debug
        aes67 configure streams.link-offset 5ms
        aes67 configure streams.link-offset
        aes67 configure --unset streams.link-offset
        aes67 configure --list
        aes67 configure --reload
        aes67 configure --reset --yes
      """)

  @OptionGroup var connection: Connection

  @Argument(
    help: ArgumentHelp("A key to show, or keys and their values.", valueName: "key value"),
    completion: .settings)
  var words: [String] = []

  @Option(
    help: "The profile to use: interop, low-latency, none or one of your own.",
    completion: .profiles)
  var profile: String?

  @Option(help: "The network interface, or auto.", completion: .interfaces)
  var interface: String?

  @Option(help: "The PTP domain.")
  var ptpDomain: Int?

  @Option(
    help: "Log level: trace, debug, info, notice, warning or error.",
    completion: ConfigurationSection.attribute("log.level").map { .values(of: $0.type) })
  var logLevel: String?

  @Option(help: "Drop the override of this key.", completion: .overrides)
  var unset: [String] = []

  @Flag(help: "Print the value of every key, and where it comes from.")
  var list = false

  @Flag(help: "Reload the configuration file.")
  var reload = false

  @Flag(help: "Drop all overrides, including streams: only the configuration file applies.")
  var reset = false

  @Flag(help: "With --reset: do not ask for confirmation.")
  var yes = false

  @Flag(help: "Accept a network interface that does not exist yet.")
  var force = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  /// The output of `--json` without a change.
  struct Report: Codable {
    var configuration: ConfigurationReport
    var logLevel: String
  }

  func validate() throws {
    guard words.count < 2 || words.count.isMultiple(of: 2) else {
      throw ValidationError("\(words[words.count - 1]): a value is missing, such as 5ms")
    }
    let tasks = [reload, reset, list, !unset.isEmpty, words.count == 1, !settings.isEmpty]
    guard tasks.count(where: \.self) <= 1 else {
      throw ValidationError(
        "--reload, --reset, --list, --unset, a single key and settings exclude each other: use one at a time"
      )
    }
    guard reset || !yes else { throw ValidationError("--yes is only for --reset") }
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
      try dropAll(client)
    } else if reload {
      try show(try client.send("POST", "/v1/reload", [String](), as: ReloadReport.self))
    } else if !unset.isEmpty {
      let path = "/v1/settings/" + unset.map(pathPart).joined(separator: ",")
      try show(try client.send("DELETE", path, [String](), as: ReloadReport.self))
    } else if list || words.count == 1 {
      try EffectiveSettings(try client.get("/v1/settings")).show(words.first, asJSON: json)
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

  /// Drops all overrides and lists them; on a terminal it asks before.
  private func dropAll(_ client: ControlClient) throws {
    let before = try client.get("/v1/configuration", as: ConfigurationReport.self)
    let overrides = Self.overrides(before)
    if !json { for line in overrides { print("drops      \(Text.plain(line))") } }
    if !overrides.isEmpty, !yes, !json, Terminal.canAsk {
      let what = overrides.count == 1 ? "this override" : "these overrides"
      guard Terminal.confirms("Drop \(what)?") else { throw refusal("nothing was dropped", "") }
    }
    try show(try client.send("DELETE", "/v1/configuration", [String](), as: ReloadReport.self))
  }

  private static func overrides(_ report: ConfigurationReport) -> [String] {
    report.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      + report.senders.map { "sender \($0)" } + report.receivers.map { "receiver \($0)" }
  }

  private func show(_ report: ReloadReport) throws {
    if json { return try printJSON(report) }
    print("profile \(report.profile.isEmpty ? "none" : report.profile)")
    for line in report.lines { print(line) }
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
    for line in Self.overrides(configuration) { print("override   \(Text.plain(line))") }
  }
}
