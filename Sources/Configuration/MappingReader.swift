// SPDX-License-Identifier: MIT
internal import Yams

/// Collects the problems of one file, so that a person mends them all at once.
package final class Problems {
  package private(set) var found: [ConfigurationProblem] = []

  package init() {}

  func add(_ mark: Mark?, _ key: String, _ message: String) {
    found.append(
      ConfigurationProblem(
        line: mark?.line ?? 0, column: mark?.column ?? 0, key: key, message: message))
  }
}

/// Reads one mapping of the file strictly: each key must be known, and each value what it should be.
///
/// A value that is not is recorded as a problem, and its default takes its place for the checks
/// that follow.
struct MappingReader {
  /// Where the mapping stands, for problems that no single key is to blame for.
  let mark: Mark?
  private let path: String
  private let problems: Problems
  private var values: [String: Node] = [:]

  /// - Parameters:
  ///   - node: Nil or an empty value for a mapping that the file does not have.
  ///   - path: The key of the mapping; empty for the file itself.
  init(_ node: Node?, path: String, allowed: [String], problems: Problems) {
    self.path = path
    self.problems = problems
    mark = node?.mark
    guard let node, !node.isAbsent else { return }
    guard case .mapping(let mapping) = node else {
      problems.add(node.mark, path, "expected keys below it: \(allowed.joined(separator: ", "))")
      return
    }
    for (key, value) in mapping {
      let name = key.string ?? "?"
      if allowed.contains(name) {
        values[name] = value
      } else {
        let known = allowed.joined(separator: ", ")
        problems.add(key.mark, self.key(name), "unknown key; allowed: \(known)")
      }
    }
  }

  /// The full name of one of this mapping's keys.
  func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func has(_ name: String) -> Bool { values[name] != nil }

  func node(_ name: String) -> Node? { values[name] }

  /// Records what is wrong with the value of `name`, or with the whole mapping when it has none.
  func report(_ name: String, _ message: String) {
    problems.add(values[name]?.mark ?? mark, key(name), message)
  }

  /// The value of `name`, if the file has one and `parse` understands it.
  ///
  /// - Parameter expected: What is allowed, to end the sentence "expected ...".
  func value<Value>(
    _ name: String, expected: String, parse: (String) -> Value?
  ) -> Value? {
    guard let node = values[name] else { return nil }
    guard case .scalar(let scalar) = node else {
      report(name, "expected \(expected), not \(node.kind)")
      return nil
    }
    guard let value = parse(scalar.string) else {
      report(
        name,
        scalar.string.isEmpty
          ? "has no value; expected \(expected)"
          : "\"\(scalar.string)\" is not allowed; expected \(expected)")
      return nil
    }
    return value
  }

  /// The mappings in the list `name`, each with its own path; nil when the file has no such list.
  func list(_ name: String, allowed: [String]) -> [MappingReader]? {
    guard let node = values[name] else { return nil }
    guard case .sequence(let sequence) = node else {
      report(name, "expected a list: lines that start with \"- \"; [] for none")
      return []
    }
    return sequence.enumerated().map { index, element in
      MappingReader(
        element, path: "\(key(name))[\(index)]", allowed: allowed, problems: problems)
    }
  }
}

extension Node {
  /// A key without a value: all that stood below it is a comment.
  var isAbsent: Bool {
    if case .scalar(let scalar) = self { return scalar.string.isEmpty && scalar.style == .plain }
    return false
  }

  fileprivate var kind: String {
    switch self {
    case .scalar: "a value"
    case .mapping: "keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
