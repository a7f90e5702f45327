// SPDX-License-Identifier: MIT

/// Reads one mapping strictly: each key must be known, and each value must be valid.
///
/// An invalid value is recorded as a mistake, and the owner keeps its previous value for the following checks.
struct MappingReader {
  private let mark: Mark?
  private let path: String
  private let problems: Problems
  private let entries: [Node.Entry]

  /// - Parameters:
  ///   - node: nil or absent if the file does not have the mapping.
  ///   - path: the key of the mapping; empty for the file itself.
  ///   - allowed: its valid keys; `former` maps those of earlier versions to the present ones.
  init(
    _ node: Node?, path: String, allowed: [String], former: [String: String] = [:],
    problems: Problems
  ) {
    self.path = path
    self.problems = problems
    mark = node?.mark
    let list = allowed.joined(separator: ", ")
    if let node, !node.isMapping, !node.isAbsent {
      problems.add(node.mark, path, "expected keys below it: \(list)")
    }
    entries = (node?.entries ?? []).filter { entry in
      if allowed.contains(entry.key) { return true }
      let renamed = former[entry.key].map { "is now called \($0)" }
      let name = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      problems.add(entry.keyMark, name, renamed ?? "unknown key; allowed: \(list)")
      return false
    }
  }

  /// Reads a mapping of these attributes; some of them may be missing.
  init<Owner>(
    _ node: Node?, path: String, of attributes: [Attribute<Owner>], problems: Problems
  ) {
    var former: [String: String] = [:]
    for attribute in attributes {
      for key in attribute.description.former { former[key] = attribute.description.key }
    }
    self.init(
      node, path: path, allowed: attributes.map(\.description.key), former: former,
      problems: problems)
  }

  func has(_ key: String) -> Bool { node(key) != nil }

  func node(_ key: String) -> Node? { entries.first { $0.key == key }?.node }

  /// The full name of one of the mapping's keys.
  func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Records a mistake in the value of `key`, or in the whole mapping if it has no such key.
  func report(_ key: String, _ message: String) {
    problems.add(node(key)?.mark ?? mark, name(of: key), message)
  }

  /// Records a conflict at the key that causes it in the file.
  func report(_ error: ValidationError) {
    report(error.keys.first { has($0) } ?? error.keys[error.keys.count - 1], error.message)
  }

  /// Reads the values of these attributes from the mapping.
  func read<Owner>(
    _ attributes: [Attribute<Owner>], into owner: inout Owner, _ context: ReadingContext
  ) {
    for attribute in attributes {
      let key = attribute.description.key
      guard let node = node(key) else { continue }
      do throws(ValueError) {
        try attribute.read(node, context, &owner)
      } catch {
        report(key, error.message)
      }
    }
  }

  /// The nodes of the list `key`, each with its path; nil if the file has no such list.
  func list(_ key: String) -> [(node: Node, path: String)]? {
    guard let node = node(key) else { return nil }
    guard case .sequence(let nodes) = node.value else {
      report(key, "expected a list: lines that start with \"- \"; [] for none")
      return []
    }
    return nodes.enumerated().map { ($1, "\(name(of: key))[\($0)]") }
  }
}
