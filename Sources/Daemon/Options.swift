// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO
package import Logging

/// What the command line says.
package struct Options: Sendable {
  package static let defaultConfigurationFile = "/etc/aes67/aes67d.yaml"

  /// Nil for the default file, which may be missing; an instance's own goes before it.
  package var configurationFile: String?
  /// Empty for the default instance.
  package var instance: String
  /// Instead of the one that the configuration names; nil for that.
  package var interface: String?
  /// Nil for the instance's own below /run.
  package var runtimeDirectory: String?
  /// Nil for the instance's own below /var/lib.
  package var stateDirectory: String?
  /// Nil for the configuration's.
  package var logLevel: Logger.Level?

  package init(
    configurationFile: String? = nil, instance: String = "", interface: String? = nil,
    runtimeDirectory: String? = nil, stateDirectory: String? = nil, logLevel: Logger.Level? = nil
  ) {
    self.configurationFile = configurationFile
    self.instance = instance
    self.interface = interface
    self.runtimeDirectory = runtimeDirectory
    self.stateDirectory = stateDirectory
    self.logLevel = logLevel
  }

  /// The files to look for, the first that is there being the one; none of them need be.
  var defaultConfigurationFiles: [String] {
    let own = "/etc/aes67/aes67d-\(instance).yaml"
    return (instance.isEmpty ? [] : [own]) + [Self.defaultConfigurationFile]
  }

  /// Where the clients' socket and the status are.
  var directory: String {
    runtimeDirectory ?? (instance.isEmpty ? "/run/aes67" : "/run/aes67-\(instance)")
  }

  /// The configuration file that is read.
  var file: String {
    configurationFile ?? defaultConfigurationFiles.first(where: Files.exists)
      ?? Self.defaultConfigurationFile
  }

  var profiles: ProfileStore { ProfileStore(besideFile: file) }

  /// The directory of the state that survives a restart.
  var state: String {
    stateDirectory ?? (instance.isEmpty ? "/var/lib/aes67" : "/var/lib/aes67-\(instance)")
  }
}
