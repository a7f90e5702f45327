// SPDX-License-Identifier: MIT
internal import Control
internal import ControlAPI
internal import DaemonConfiguration
internal import Logging

extension ConfigurationManager {
  /// Every key with its value in force, in the order of the file.
  func settings() -> [SettingStatus] {
    let running = Dictionary(started.settings.map { ($0.key, $0.value) }) { first, _ in first }
    let profile = SettingStatus(
      key: "profile", value: configuration.profile.isEmpty ? "none" : configuration.profile,
      origin: origin("profile"), expected: "none or the name of a profile",
      summary: "The profile that supplies what the file does not set.", isSettable: true,
      needsRestart: false)
    return [profile]
      + configuration.settings.map { key, value, attribute in
        let needsRestart = attribute.effect == .restart
        let before = needsRestart ? running[key] : nil
        let level = key == "log.level" ? options.logLevel : nil
        return SettingStatus(
          key: key, value: level?.rawValue ?? value,
          origin: level == nil ? origin(key) : .commandLine,
          inForce: before == value ? nil : before, expected: attribute.type.expected,
          summary: attribute.summary, isSettable: attribute.scope == .everywhere,
          needsRestart: needsRestart)
      }
  }

  private func origin(_ key: String) -> SettingStatus.Origin {
    let below = sources.origin(of: key, profile: configuration.profile)
    return below != .commandLine && overrides.settings[key] != nil ? .override : below
  }

  /// Drops the overrides of these keys, in one change.
  func unset(_ keys: [String]) throws(OperationError) -> ReloadReport {
    for key in keys {
      if case .unknown(let key)? = SettingRefusal(key, "") {
        throw OperationError(SettingRefusal.unknown(key))
      }
      guard overrides.settings[key] != nil else {
        let set = overrides.settings.keys.sorted().joined(separator: ", ")
        throw OperationError(
          .conflict, "\(key) is not set at run time",
          hint: set.isEmpty ? "nothing is" : "these are: \(set)")
      }
    }
    var next = overrides
    for key in keys { next.settings[key] = nil }
    do throws(ConfigurationError) {
      return try replaceAndTell(next)
    } catch {
      throw OperationError(error)
    }
  }
}
