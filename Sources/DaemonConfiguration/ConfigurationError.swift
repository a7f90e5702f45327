// SPDX-License-Identifier: MIT
internal import Notation

/// One thing that is wrong with a configuration, where it is, and what is allowed instead.
package struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
  /// Nil when the whole file is meant, or what is in no file.
  package let mark: Mark?
  /// Such as `senders[1].channels`, where the first sender is 0; empty for the whole file.
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

/// Why a configuration was refused: every problem of the file, in the order of its lines.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  package let file: String
  package let problems: [ConfigurationProblem]

  package init(file: String, problems: [ConfigurationProblem]) {
    self.file = file
    self.problems = problems.sorted { left, right in
      (left.mark ?? Mark(line: 0, column: 0)) < (right.mark ?? Mark(line: 0, column: 0))
    }
  }

  /// One problem that has no line.
  package init(file: String, key: String, _ message: String) {
    self.init(file: file, problems: [ConfigurationProblem(mark: nil, key: key, message: message)])
  }

  package var description: String {
    lines.joined(separator: "\n")
  }

  /// The first few problems, and how many more there are: for a log and for an answer.
  package var shortDescription: String { lines.firstFew.joined(separator: "\n") }

  private var lines: [String] {
    problems.map { $0.mark == nil ? "\(file): \($0)" : "\(file):\($0)" }
  }
}

/// Collects the problems of one file, so that a person can fix them all at once.
package final class Problems {
  package private(set) var found: [ConfigurationProblem] = []

  package init() {}

  package func add(_ mark: Mark?, _ key: String, _ message: String) {
    found.append(ConfigurationProblem(mark: mark, key: key, message: message))
  }
}

/// Why one value was refused, in a sentence that follows its key.
package struct ValueError: Error, Equatable, Sendable {
  package let message: String

  package init(_ message: String) { self.message = message }
}

/// What is wrong with a value beside others: of its own section or stream, or of other streams. For the file,
/// whose line is then named, and for everybody who changes streams at run time.
package struct ValidationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The keys that may be the cause, the likeliest first.
  package let keys: [String]
  package let message: String

  package init(keys: [String], message: String) {
    self.keys = keys
    self.message = message
  }

  package var description: String { "\(keys[0]): \(message)" }
}
