// SPDX-License-Identifier: MIT
internal import Control
internal import ControlAPI
internal import DaemonConfiguration
internal import FoundationEssentials
internal import LinuxIO
internal import Notation

extension ConfigurationManager: PresetOperations {
  private func load() throws(OperationError) -> Presets {
    do throws(SystemError) {
      return try store.read(Presets.subject, version: Presets.formVersion, as: Presets.self)
        ?? Presets()
    } catch {
      throw OperationError(
        .unavailable, "the presets cannot be read now: \(error)",
        hint: "nothing was changed; try again later")
    }
  }

  private func keep(_ presets: Presets) throws(OperationError) {
    guard store.save(Presets.subject, version: Presets.formVersion, presets) else {
      throw OperationError(
        .unavailable,
        "the preset cannot be saved: the state directory cannot be written, or the presets exceed 1 MiB",
        hint: "journalctl -u aes67d says why; aes67 preset delete makes room")
    }
  }

  func presets() throws(OperationError) -> [PresetStatus] {
    try load().presets.map { $1.status($0) }.sorted { $0.name < $1.name }
  }

  func savePreset(_ name: String) throws(OperationError) -> PresetStatus {
    guard name.fitsName, name.printable == name, name.contains(where: { !$0.isWhitespace }) else {
      throw OperationError(
        .wrong, "the name of the preset is not allowed",
        hint: "expected one line of 1 to 64 characters")
    }
    var all = try load()
    guard all.presets[name] != nil || all.presets.count < Presets.maximum else {
      throw OperationError(
        .conflict, "there are already \(Presets.maximum) presets, the maximum",
        hint: "aes67 preset delete removes one")
    }
    let preset = overrides.preset(
      of: configuration, at: Int64(Date().timeIntervalSince1970 * 1000))
    all.presets[name] = preset
    try keep(all)
    return preset.status(name)
  }

  func deletePreset(_ name: String) throws(OperationError) {
    var all = try load()
    guard all.presets.removeValue(forKey: name) != nil else { throw unknown(name, all) }
    try keep(all)
  }

  private func unknown(_ name: String, _ all: Presets) -> OperationError {
    .unknown("preset", "\"\(name)\"", among: all.presets.keys.sorted())
  }

  /// Loads a preset as one change, which is refused as a whole if the preset conflicts with the present file.
  func loadPreset(_ name: String) throws(OperationError) -> ReloadReport {
    let all = try load()
    guard let preset = all.presets[name] else { throw unknown(name, all) }
    for setting in preset.settings.sorted(by: { $0.key < $1.key }) {
      if let refusal = SettingRefusal(setting.key, setting.value) { throw OperationError(refusal) }
    }
    var next = overrides
    next.takeSettings(of: preset)
    do throws(ConfigurationError) {
      let file = try sources.configuration(
        overriding: next.settings, configuration.assignment)
      next.takeStreams(of: preset, file: file)
      let problems = next.senders(of: file).problems + next.receivers(of: file).problems
      guard problems.isEmpty else {
        throw ConfigurationError(
          file: "preset \"\(name)\"", key: "", problems.firstFew.joined(separator: "; "))
      }
      return try replaceAndTell(next, as: "preset \(name) loaded")
    } catch {
      throw OperationError(error)
    }
  }
}
