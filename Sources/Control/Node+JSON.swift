// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import FoundationEssentials

extension Node {
  /// The tree of a JSON text, whose values are then read like those of the configuration file. A key that is
  /// `null` is left out.
  ///
  /// - Throws: the reason why the text is not a JSON object.
  init(json bytes: some Sequence<UInt8>) throws(OperationError) {
    let tree: JSONTree
    do {
      tree = try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
    } catch {
      throw OperationError(
        .wrong, "the body is not JSON",
        hint: "expected an object such as {\"name\": \"Stage left\"}")
    }
    guard tree.node.isMapping else {
      throw OperationError(
        .wrong, "the body is \(tree.node.kind)",
        hint: "expected an object such as {\"name\": \"Stage left\"}")
    }
    self = tree.node
  }
}

/// Any JSON value as a node.
private struct JSONTree: Decodable {
  let node: Node

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: AnyKey.self) {
      let entries = try container.allKeys.sorted { $0.stringValue < $1.stringValue }
        .compactMap { key -> Node.Entry? in
          let value = try container.decode(JSONTree.self, forKey: key).node
          return value.isAbsent ? nil : Node.Entry(key: key.stringValue, node: value)
        }
      node = Node(.mapping(entries))
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [Node] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONTree.self).node) }
      node = Node(.sequence(elements))
    } else {
      node = Node(try Self.scalar(try decoder.singleValueContainer()))
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Node.Value {
    if container.decodeNil() { return .absent }
    if let flag = try? container.decode(Bool.self) { return .scalar("\(flag)") }
    if let number = try? container.decode(Int64.self) { return .scalar("\(number)") }
    if let number = try? container.decode(Double.self) { return .scalar("\(number)") }
    return .scalar(try container.decode(String.self))
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
