// SPDX-License-Identifier: MIT

extension Configuration {
  /// Throws an error if a profile contains a key that is not allowed in profiles.
  package static func checkProfile(_ tree: Node?, file: String) throws(ConfigurationError) {
    let problems = Problems()
    let sections = ConfigurationSection.profileKeys
    let root = MappingReader(tree, path: "", allowed: sections.map(\.section), problems: problems)
    for (section, keys) in sections {
      let former = ConfigurationSection.all.first { $0.name == section }?.attributes ?? []
      var renamed: [String: String] = [:]
      for attribute in former { for key in attribute.former { renamed[key] = attribute.key } }
      _ = MappingReader(
        root.node(section), path: section, allowed: keys, former: renamed, problems: problems)
    }
    guard problems.found.isEmpty else {
      throw ConfigurationError(file: file, problems: problems.found)
    }
  }
}
