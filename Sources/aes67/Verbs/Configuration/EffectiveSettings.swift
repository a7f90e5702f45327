// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The values in force, for display.
struct EffectiveSettings {
  private let all: [SettingStatus]

  init(_ all: [SettingStatus]) { self.all = all }

  /// Prints one key's value, or all of them.
  ///
  /// - Parameter key: nil for all.
  func show(_ key: String?, asJSON: Bool) throws {
    guard let key else {
      if asJSON { return try printJSON(all) }
      var table = Table("KEY", "VALUE", "FROM")
      for setting in all { table.add(setting.key, setting.value, Self.origin(of: setting)) }
      return table.show()
    }
    guard let setting = all.first(where: { $0.key == key }) else {
      throw refusal("there is no key \"\(key)\"", suggestion(for: key))
    }
    if asJSON { return try printJSON(setting) }
    print(Text.plain("\(setting.value)  (\(Self.origin(of: setting)))"))
  }

  private func suggestion(for key: String) -> String {
    let wanted = key.lowercased()
    let near = all.map(\.key).filter {
      $0.hasSuffix(".\(wanted)") || $0.hasPrefix(wanted) || SessionChoice.distance(wanted, $0) <= 3
    }
    return near.isEmpty
      ? "aes67 configure --list shows all keys"
      : "did you mean \(near.prefix(4).joined(separator: " or "))?"
  }

  private static func origin(of setting: SettingStatus) -> String {
    let origin =
      switch setting.origin {
      case .builtIn: "default"
      case .profile: "from the profile"
      case .file: "from the configuration file"
      case .override: "set at run time"
      case .commandLine: "an option of aes67d"
      }
    return origin + (setting.inForce.map { "; \($0) until a restart" } ?? "")
  }
}

extension ReloadReport {
  /// The changes that were made, and those that were not, in words.
  var lines: [String] {
    var lines = applied.isEmpty ? ["no changes"] : applied.map(Text.plain)
    lines += refused.map { Text.plain("refused: \($0)") }
    if !needsRestart.isEmpty {
      let keys = needsRestart.joined(separator: ", ")
      lines.append("takes effect after a restart (sudo systemctl restart aes67d): \(keys)")
    }
    return lines
  }
}
