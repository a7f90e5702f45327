// SPDX-License-Identifier: MIT

/// One thing that is wrong with a configuration file, where it is, and what is allowed instead.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
  /// Both count from 1; 0 when the whole file is meant.
  public let line: Int
  public let column: Int
  /// Such as `senders[1].channels`, where the first sender is 0; empty for the whole file.
  public let key: String
  public let message: String

  public var description: String {
    let place = line > 0 ? "\(line):\(column): " : ""
    return place + (key.isEmpty ? message : "\(key): \(message)")
  }
}

/// Why a configuration was refused: every problem of the file, in the order of its lines.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  public let problems: [ConfigurationProblem]

  public var description: String {
    problems.map { $0.line > 0 ? "\(file):\($0)" : "\(file): \($0)" }.joined(separator: "\n")
  }
}
