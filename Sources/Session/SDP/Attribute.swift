// SPDX-License-Identifier: MIT

/// The line of the text from which a value was parsed. All are equal: the line is not part of the value.
public struct SourceLine: Hashable, Sendable {
  /// The number, from 1; 0 for a value that was not parsed.
  public var number: Int

  public init(_ number: Int = 0) { self.number = number }

  public static func == (left: SourceLine, right: SourceLine) -> Bool { true }
  public func hash(into hasher: inout Hasher) {}
}

/// A line `a=name` or `a=name:value` (RFC 4566, 5.13), kept as it is, known or not.
public struct Attribute: Hashable, Sendable {
  public var name: String
  public var value: String?
  public var line: SourceLine

  public init(_ name: String, _ value: String? = nil, line: SourceLine = SourceLine()) {
    self.name = name
    self.value = value
    self.line = line
  }

  /// Parses the text after `a=`.
  init(parsing text: String, line: SourceLine) {
    if let (name, value) = Text.halves(text, at: ":") {
      self.init(name, value, line: line)
    } else {
      self.init(text, nil, line: line)
    }
  }

  var text: String { value.map { "\(name):\($0)" } ?? name }
}

extension [Attribute] {
  /// The first attribute of that name.
  public func first(_ name: String) -> Attribute? { first { $0.name == name } }

  /// The values of all attributes of that name, without spaces around them.
  public func values(_ name: String) -> [String] {
    compactMap { $0.name == name ? Text.trimmed($0.value ?? "") : nil }
  }

  /// The value of the first attribute of that name.
  public func value(_ name: String) -> String? {
    first(name).map { Text.trimmed($0.value ?? "") }
  }

  public func has(_ name: String) -> Bool { first(name) != nil }
}
