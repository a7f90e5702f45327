// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Foundation
import YAML

/// Reads the text of a configuration file as the daemon does.
func read(
  _ text: String, settings: [String: String] = [:],
  profiles: Configuration.ProfileSource = { _ in nil }, file: String = "aes67d.yaml"
) throws(ConfigurationError) -> Configuration {
  let tree: Node?
  do throws(YAMLError) {
    tree = try Node(yaml: text)
  } catch {
    throw ConfigurationError(
      file: file,
      problems: [ConfigurationProblem(mark: error.mark, key: "", message: error.message)])
  }
  return try Configuration(
    reading: tree, file: file, settings: settings, profiles: profiles,
    context: ReadingContext { path throws(ValueError) in
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw ValueError("\(path) cannot be read")
      }
      return text
    })
}

/// The repository's own configuration files.
enum Shipped {
  static let directory = #filePath.components(separatedBy: "/Tests/")[0] + "/configs"

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(directory)/\(path)", encoding: .utf8)
  }

  static let profiles: Configuration.ProfileSource = { name throws(ConfigurationError) in
    do {
      let tree = try Node(yaml: try text("profiles/\(name).yaml"))
      try Configuration.checkProfile(tree, file: name)
      return tree
    } catch {
      throw ConfigurationError(file: name, key: "profile", "\(error)")
    }
  }
}
