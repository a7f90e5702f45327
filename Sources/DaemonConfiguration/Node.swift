// SPDX-License-Identifier: MIT

/// A place in a file. Line and column count from 1.
package struct Mark: Equatable, Sendable, Comparable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: Mark, right: Mark) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A document as a tree, parsed from the YAML of a file or the JSON of a request. Both are read by the same
/// code, and an error names the same key and the same range in both.
///
/// Scalars are text. The attribute interprets them, not the parser, which would guess (YAML's `yes`, `0x10`,
/// `1:30`).
package struct Node: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    /// A key without a value, below which there are only comments.
    case absent
    case scalar(String)
    case sequence([Node])
    case mapping([Entry])
  }

  /// One key of a mapping with its value.
  package struct Entry: Equatable, Sendable {
    package var key: String
    /// The place of the key; nil if it is not in a file.
    package var keyMark: Mark?
    package var node: Node

    package init(key: String, keyMark: Mark? = nil, node: Node) {
      self.key = key
      self.keyMark = keyMark
      self.node = node
    }
  }

  package var value: Value
  /// The place of the value; nil if it is not in a file.
  package var mark: Mark?

  package init(_ value: Value, mark: Mark? = nil) {
    self.value = value
    self.mark = mark
  }

  /// A mapping of texts, in the order of its keys.
  package init(_ keys: [String: String]) {
    self.init(
      .mapping(
        keys.sorted { $0.key < $1.key }.map { Entry(key: $0.key, node: Node(.scalar($0.value))) }))
  }

  package var isAbsent: Bool { value == .absent }

  package var isMapping: Bool { if case .mapping = value { true } else { false } }

  /// The entries of a mapping; empty if the node is not a mapping.
  package var entries: [Entry] {
    if case .mapping(let entries) = value { entries } else { [] }
  }

  /// The value of a key; nil if the node is not a mapping or has no such key.
  package subscript(key: String) -> Node? { entries.first { $0.key == key }?.node }

  /// The text of a scalar; nil if the node is not a scalar.
  package var text: String? {
    if case .scalar(let text) = value { text } else { nil }
  }

  /// The kind of node, to end the sentence "expected ..., not ...".
  package var kind: String {
    switch value {
    case .absent: "nothing"
    case .scalar: "a value"
    case .sequence: "a list"
    case .mapping: "keys"
    }
  }
}

extension Node {
  /// This tree with the missing values of `base`, mapping by mapping. Values from `base` have no place in this
  /// file.
  package func over(_ base: Node) -> Node {
    if isAbsent { return base.unmarked }
    guard case .mapping(var own) = value, case .mapping(let others) = base.value else {
      return self
    }
    for other in others {
      if let index = own.firstIndex(where: { $0.key == other.key }) {
        own[index].node = own[index].node.over(other.node)
      } else {
        own.append(Entry(key: other.key, node: other.node.unmarked))
      }
    }
    return Node(.mapping(own), mark: mark)
  }

  /// This file with some values replaced, by paths such as `network.interface`; a path of one part is a key of
  /// the file itself.
  package func setting(_ values: [String: String]) -> Node {
    values.sorted { $0.key < $1.key }.reduce(self) { tree, setting in
      let parts = setting.key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      return tree.setting(parts.map(String.init)[...], to: Node(.scalar(setting.value)))
    }
  }

  private func setting(_ path: ArraySlice<String>, to leaf: Node) -> Node {
    guard let key = path.first else { return leaf }
    var entries = entries
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].node = entries[index].node.setting(path.dropFirst(), to: leaf)
    } else {
      let inner = Node(.mapping([]), mark: nil).setting(path.dropFirst(), to: leaf)
      entries.append(Entry(key: key, node: inner))
    }
    return Node(.mapping(entries), mark: mark)
  }

  private var unmarked: Node {
    switch value {
    case .absent, .scalar: Node(value)
    case .sequence(let nodes): Node(.sequence(nodes.map(\.unmarked)))
    case .mapping(let entries):
      Node(.mapping(entries.map { Entry(key: $0.key, node: $0.node.unmarked) }))
    }
  }
}
