// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO
internal import YAML

/// The directories of profiles, which supply the values that the configuration does not set.
struct ProfileStore: Equatable, Sendable {
  /// The directory of the shipped profiles; the administrator's have precedence.
  static let shipped = "/usr/share/aes67/profiles"

  private let directories: [String]

  init(_ directories: [String]) { self.directories = directories }

  /// The directory beside a configuration file, and that of the shipped profiles.
  init(besideFile file: String) {
    let directory = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    self.init(["\(directory)/profiles", Self.shipped])
  }

  /// Returns true for letters, digits and dashes: a name is a part of a path.
  static func isName(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }

  /// The names of all profiles, sorted.
  var names: [String] {
    let files = directories.flatMap { (try? Files.names(in: $0)) ?? [] }
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    return Set(names.filter(Self.isName) + [Configuration.usualProfile]).sorted()
  }

  /// A profile's keys, each of which a profile may have; nil for an empty profile.
  ///
  /// - Throws: the mistake in its file, or that there is none.
  func open(_ name: String) throws(ConfigurationError) -> Node? {
    let paths = Self.isName(name) ? directories.map { "\($0)/\(name).yaml" } : []
    guard let path = paths.first(where: { Files.exists($0) }) else {
      if name == Configuration.usualProfile { return nil }
      let known = names.joined(separator: ", ")
      throw ConfigurationError(
        file: directories.first ?? "", key: "profile",
        "there is no profile \"\(name)\"; available: \(known)")
    }
    let tree = try Node(file: path)
    try Configuration.checkProfile(tree, file: path)
    return tree
  }
}

extension Node {
  /// The tree of a YAML file; nil for an empty one.
  init?(file path: String) throws(ConfigurationError) {
    let text: String
    do throws(SystemError) {
      text = try Files.read(path)
    } catch {
      throw ConfigurationError(file: path, key: "", "cannot be read: \(error)")
    }
    do throws(YAMLError) {
      guard let tree = try Node(yaml: text) else { return nil }
      self = tree
    } catch {
      throw ConfigurationError(
        file: path,
        problems: [ConfigurationProblem(mark: error.mark, key: "", message: error.message)])
    }
  }
}
