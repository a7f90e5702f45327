// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import Synchronization

/// The texts of a configuration as they were when they were read: the file, the profiles and the files that
/// keys name.
///
/// Nothing is read twice: a change of a setting at run time cannot load a file that is being edited. To read
/// the files again, make another value.
final class ConfigurationSources: Sendable {
  private struct Texts {
    var profiles: [String: Node?] = [:]
    var files: [String: String] = [:]
  }

  /// The name of the file, for messages.
  let file: String
  private let profiles: ProfileStore
  private let tree: Node?
  private let interface: String?
  private let texts = Mutex(Texts())

  /// Reads the file; the defaults apply if the default file is missing.
  init(_ options: Options) throws(ConfigurationError) {
    file = options.file
    profiles = options.profiles
    interface = options.interface
    let isMissing = options.configurationFile == nil && !Files.exists(options.file)
    tree = isMissing ? nil : try Node(file: options.file)
  }

  /// The file's configuration with the overriding values.
  ///
  /// - Parameter assignment: the results of the layout's automatic settings.
  func configuration(
    overriding settings: [String: String], _ assignment: LayoutAssignment
  ) throws(ConfigurationError) -> Configuration {
    var configuration = try Configuration(
      reading: tree, file: file, settings: settings,
      profiles: { name throws(ConfigurationError) in try self.profile(name) },
      context: ReadingContext { path throws(ValueError) in try self.text(path) })
    if let interface { configuration.network.interface = .named(interface) }
    configuration.assign(assignment)
    return configuration
  }

  /// The origin of the value of a key such as `network.interface`, without overrides.
  ///
  /// - Parameter profile: the selected one; empty for none.
  func origin(of key: String, profile name: String) -> SettingStatus.Origin {
    if key == "network.interface", interface != nil { return .commandLine }
    if tree?.says(key) == true { return .file }
    guard !name.isEmpty, key != "profile", let base = try? profile(name) else { return .builtIn }
    return base.says(key) ? .profile : .builtIn
  }

  private func profile(_ name: String) throws(ConfigurationError) -> Node? {
    if let known = texts.withLock({ $0.profiles[name] }) { return known }
    let tree = try profiles.open(name)
    texts.withLock { $0.profiles[name] = .some(tree) }
    return tree
  }

  private func text(_ path: String) throws(ValueError) -> String {
    if let known = texts.withLock({ $0.files[path] }) { return known }
    do throws(SystemError) {
      let text = try Files.read(path)
      texts.withLock { $0.files[path] = text }
      return text
    } catch {
      throw ValueError("\(error)")
    }
  }
}

extension Node {
  /// Returns true if there is a value at a path such as `network.interface`.
  fileprivate func says(_ path: String) -> Bool {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = parts.first, let node = self[first] else { return false }
    return parts.count == 1 ? !node.isAbsent : node.says(parts[1])
  }
}
