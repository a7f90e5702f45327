// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import YAML

extension Configuration {
  /// From the text of a file, as the daemon reads it; no file of SDP can be named.
  package init(parsing text: String, file: String = "aes67d.yaml") throws(ConfigurationError) {
    let tree: Node?
    do throws(YAMLError) {
      tree = try Node(yaml: text)
    } catch {
      throw ConfigurationError(
        file: file,
        problems: [ConfigurationProblem(mark: error.mark, key: "", message: error.message)])
    }
    try self.init(reading: tree, file: file)
  }
}
