// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 preset`: streams and settings under names.
struct Preset: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Saves senders, receivers, routes and live settings under a name, and loads them.",
    discussion: """
      A preset holds all senders and receivers with their channels, and the settings made at run time that take \
      effect without a restart. Loading it restores all of them in one change. Streams that do not differ are \
      not interrupted. Settings that need a restart are not changed.

      Examples:
        aes67 preset save "Sunday service"
        aes67 preset list
        aes67 preset load "Sunday service"
        aes67 preset delete "Sunday service"
      """,
    subcommands: [ListPresets.self, SavePreset.self, LoadPreset.self, DeletePreset.self],
    defaultSubcommand: ListPresets.self)

  fileprivate static func path(_ name: String) -> String { "/v1/presets/\(pathPart(name))" }
}

/// `aes67 preset list`.
struct ListPresets: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the presets.",
    discussion: """
      Examples:
        aes67 preset
        aes67 preset list --json
      """)

  @OptionGroup var connection: Connection
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    let presets = try client.get("/v1/presets", as: [PresetStatus].self)
    if json { return try printJSON(presets) }
    guard !presets.isEmpty else { return print("no presets; aes67 preset save NAME saves one") }
    var table = Table("NAME", ">SENDERS", ">RECEIVERS", "SETTINGS")
    for preset in presets {
      let settings = preset.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      table.add(
        preset.name, "\(preset.senders)", "\(preset.receivers)", settings.joined(separator: ", "))
    }
    table.show()
  }
}

/// `aes67 preset save`.
struct SavePreset: Verb {
  static let configuration = CommandConfiguration(
    commandName: "save",
    abstract: "Saves the current streams and settings; a preset of that name is replaced.",
    discussion: """
      Examples:
        aes67 preset save "Sunday service"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The preset's name.", completion: .presets) var name: String

  func perform(_ client: ControlClient) throws {
    let preset = try client.send(
      "PUT", Preset.path(name), [String: String](), as: PresetStatus.self)
    let parts = [
      "\(preset.senders) senders", "\(preset.receivers) receivers",
      "\(preset.settings.count) settings",
    ]
    print(Text.plain("\(preset.name): saved with \(parts.joined(separator: ", "))"))
  }
}

/// `aes67 preset load`.
struct LoadPreset: Verb {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Restores streams and settings to what they were when the preset was saved.",
    discussion: """
      The exit status is 1 if a stream was refused.

      Examples:
        aes67 preset load "Sunday service"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The preset's name.", completion: .presets) var name: String
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    let report = try client.send(
      "POST", Preset.path(name) + "/load", [String: String](), as: ReloadReport.self)
    if json { try printJSON(report) } else { for line in report.lines { print(line) } }
    if !report.refused.isEmpty { throw ExitCode(1) }
  }
}

/// `aes67 preset delete`.
struct DeletePreset: Verb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Deletes a preset; streams and settings are not changed.",
    discussion: """
      Examples:
        aes67 preset delete "Sunday service"
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The preset's name.", completion: .presets) var name: String

  func perform(_ client: ControlClient) throws {
    try client.delete(Preset.path(name))
    print(Text.plain("\(name): deleted"))
  }
}
