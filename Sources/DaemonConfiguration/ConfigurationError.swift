// SPDX-License-Identifier: MIT
internal import Notation

/// One mistake in a configuration: its place, and the values that are allowed instead.
package struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
  /// The place in the file; nil for the whole file, or if there is no file.
  package let mark: Mark?
  /// The key, such as `senders[1].channels`, where the first sender is 0; empty for the whole file.
  package let key: String
  package let message: String

  package init(mark: Mark?, key: String, message: String) {
    self.mark = mark
    self.key = key
    self.message = message
  }

  package var description: String {
    let place = mark.map { "\($0.line):\($0.column): " } ?? ""
    return place + (key.isEmpty ? message : "\(key): \(message)")
  }
}

/// The reasons why a configuration was refused: all mistakes of the file, in the order of its lines.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  package let file: String
  package let problems: [ConfigurationProblem]

  package init(file: String, problems: [ConfigurationProblem]) {
    self.file = file
    self.problems = problems.sorted { left, right in
      (left.mark ?? Mark(line: 0, column: 0)) < (right.mark ?? Mark(line: 0, column: 0))
    }
  }

  /// An error with one mistake that has no line.
  package init(file: String, key: String, _ message: String) {
    self.init(file: file, problems: [ConfigurationProblem(mark: nil, key: key, message: message)])
  }

  package var description: String {
    lines.joined(separator: "\n")
  }

  /// The first few mistakes and the number of the others, for a log or an answer.
  package var shortDescription: String { lines.firstFew.joined(separator: "\n") }

  private var lines: [String] {
    problems.map { $0.mark == nil ? "\(file): \($0)" : "\(file):\($0)" }
  }
}

/// Collects the mistakes of one file, so that the user can fix all of them at once.
package final class Problems {
  package private(set) var found: [ConfigurationProblem] = []

  package init() {}

  package func add(_ mark: Mark?, _ key: String, _ message: String) {
    found.append(ConfigurationProblem(mark: mark, key: key, message: message))
  }
}

/// The reason why one value was refused, as a sentence that follows its key.
package struct ValueError: Error, Equatable, Sendable {
  package let message: String

  package init(_ message: String) { self.message = message }
}

/// A conflict of a value with others of its own section or stream, or with other streams. Used for the file,
/// whose line is then named, and for changes of streams at run time.
package struct ValidationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The keys that may be the cause, the most likely first.
  package let keys: [String]
  package let message: String

  package init(keys: [String], message: String) {
    self.keys = keys
    self.message = message
  }

  package var description: String { "\(keys[0]): \(message)" }
}
