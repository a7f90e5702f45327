// SPDX-License-Identifier: MIT
public import Logging

/// What the command line says.
public struct Options: Sendable {
  public static let defaultConfigurationFile = "/etc/aes67/aes67d.yaml"

  /// Nil for the default file, which may be missing.
  public var configurationFile: String?
  /// Empty for the default instance.
  public var instance: String
  /// Nil for the instance's own below /run.
  public var runtimeDirectory: String?
  /// Nil for the configuration's.
  public var logLevel: Logger.Level?

  public init(
    configurationFile: String? = nil, instance: String = "", runtimeDirectory: String? = nil,
    logLevel: Logger.Level? = nil
  ) {
    self.configurationFile = configurationFile
    self.instance = instance
    self.runtimeDirectory = runtimeDirectory
    self.logLevel = logLevel
  }

  /// Where the clients' socket and the status are.
  var directory: String {
    runtimeDirectory ?? (instance.isEmpty ? "/run/aes67" : "/run/aes67-\(instance)")
  }
}
