// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import YAML

extension Configuration {
  /// Reads a configuration from the text of a file, as the daemon does.
  ///
  /// - Parameter files: the texts of the files that keys may name, by their paths.
  package init(
    parsing text: String, file: String = "aes67d.yaml", files: [String: String] = [:]
  ) throws(ConfigurationError) {
    let tree: Node?
    do throws(YAMLError) {
      tree = try Node(yaml: text)
    } catch {
      throw ConfigurationError(
        file: file,
        problems: [ConfigurationProblem(mark: error.mark, key: "", message: error.message)])
    }
    let context = ReadingContext { path throws(ValueError) in
      guard let text = files[path] else { throw ValueError("\(path) is not there") }
      return text
    }
    try self.init(reading: tree, file: file, context: context)
  }
}
