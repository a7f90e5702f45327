// SPDX-License-Identifier: MIT
package import ControlAPI
package import DaemonConfiguration

/// What the control API does with the configuration: whoever keeps it conforms.
package protocol ControlledConfiguration: Sendable {
  /// In force now.
  var configuration: Configuration { get }

  var report: ConfigurationReport { get }

  /// Reads the file again, and applies what changed.
  ///
  /// - Parameter settings: set from now on, besides those that were.
  /// - Throws: `ConfigurationError` when it is wrong; then nothing has changed.
  func reload(choosing settings: [String: String]) throws -> ReloadReport

  /// Forgets everything that was set at run time: the file alone holds.
  func reset() throws -> ReloadReport

  /// Saves the streams as they are now, after one of them was changed.
  func persistStreams()
}
