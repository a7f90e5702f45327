// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO
package import Logging

/// The options of the command line.
package struct Options: Sendable {
  package static let defaultConfigurationFile = "/etc/aes67/aes67d.yaml"

  /// The configuration file; nil for the default file, which may be missing. An instance's own file has
  /// precedence.
  package var configurationFile: String?
  /// The name of the instance; empty for the default one.
  package var instance: String
  /// The interface that overrides the configuration's; nil for none.
  package var interface: String?
  /// The runtime directory; nil for the instance's own below /run.
  package var runtimeDirectory: String?
  /// The state directory; nil for the instance's own below /var/lib.
  package var stateDirectory: String?
  /// The log level; nil for the configuration's.
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

  /// The default files in the order of precedence; none of them need exist.
  var defaultConfigurationFiles: [String] {
    let own = "/etc/aes67/aes67d-\(instance).yaml"
    return (instance.isEmpty ? [] : [own]) + [Self.defaultConfigurationFile]
  }

  /// The directory of the clients' socket and the status.
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
