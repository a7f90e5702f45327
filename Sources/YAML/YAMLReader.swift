// SPDX-License-Identifier: MIT
internal import CYAML
package import DaemonConfiguration

/// The reason why a text is not YAML, or not a document that can be a configuration.
package struct YAMLError: Error, Equatable, Sendable {
  package let mark: Mark
  package let message: String
}

extension Node {
  /// Parses the single document of a text of YAML 1.1, with the place of each key and value. Nil if there is
  /// none.
  ///
  /// libyaml parses the text; it knows positions, but not the meaning of values. Repeated keys, more than one
  /// document, and trees that are expanded by aliases beyond the limits are refused.
  package init?(yaml text: String) throws(YAMLError) {
    // At a fixed address, because the parser keeps a pointer to itself.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { unsafe parser.deallocate() }
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(mark: Mark(line: 1, column: 1), message: "no memory to read it")
    }
    defer { unsafe yaml_parser_delete(parser) }
    let bytes = Array(text.utf8)
    // Safety: the bytes outlive the parser's reading, which happens within the closure.
    let outcome: Result<Node?, YAMLError> = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      do throws(YAMLError) {
        let root = try unsafe Self.document(parser)
        if let second = try unsafe Self.document(parser) {
          throw YAMLError(
            mark: second.mark ?? Mark(line: 1, column: 1),
            message: "a second document begins here; there may be only one")
        }
        return .success(root)
      } catch {
        return .failure(error)
      }
    }
    guard let root = try outcome.get() else { return nil }
    self = root
  }

  /// The parser's next document; nil at the end of the text.
  private static func document(
    _ parser: UnsafeMutablePointer<yaml_parser_t>
  ) throws(YAMLError) -> Node? {
    let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
    defer { unsafe document.deallocate() }
    guard unsafe yaml_parser_load(parser, document) == 1 else {
      throw unsafe YAMLError(parser.pointee)
    }
    defer { unsafe yaml_document_delete(document) }
    guard let root = unsafe yaml_document_get_root_node(document) else { return nil }
    var tree = unsafe YAMLTree(document: document)
    return try unsafe tree.node(root, depth: 0)
  }
}

extension YAMLError {
  init(_ parser: yaml_parser_t) {
    let reason = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "it cannot be read"
    // An undecodable byte has an offset instead of a mark.
    let isMarked = unsafe parser.error != YAML_READER_ERROR
    let mark = unsafe isMarked ? Mark(parser.problem_mark) : Mark(line: 1, column: 1)
    self.init(mark: mark, message: "not YAML: \(reason)")
  }
}

extension Mark {
  init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}

/// Converts libyaml's document into our tree.
@safe
private struct YAMLTree {
  /// The maximum depth, which is greater than that of any configuration.
  private static let maximumDepth = 32
  /// The maximum number of nodes: by aliases, a short text can stand for a very large tree.
  private static let maximumNodes = 100_000

  // Safety: valid while the document is, which is longer than this.
  let document: UnsafeMutablePointer<yaml_document_t>
  private var count = 0

  init(document: UnsafeMutablePointer<yaml_document_t>) { unsafe self.document = unsafe document }

  mutating func node(
    _ node: UnsafeMutablePointer<yaml_node_t>, depth: Int
  ) throws(YAMLError) -> Node {
    let mark = unsafe Mark(node.pointee.start_mark)
    count += 1
    guard depth < Self.maximumDepth, count <= Self.maximumNodes else {
      throw YAMLError(mark: mark, message: "it is too large, or contains itself")
    }
    switch unsafe node.pointee.type {
    case YAML_SCALAR_NODE: return unsafe Node(scalar(node), mark: mark)
    case YAML_SEQUENCE_NODE:
      return try unsafe Node(.sequence(elements(node, depth: depth)), mark: mark)
    case YAML_MAPPING_NODE:
      return try unsafe Node(.mapping(entries(node, depth: depth)), mark: mark)
    default: return Node(.absent, mark: mark)
    }
  }

  private func scalar(_ node: UnsafeMutablePointer<yaml_node_t>) -> Node.Value {
    let scalar = unsafe node.pointee.data.scalar
    let text = unsafe String(
      decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
    return isPlain && (text.isEmpty || text == "~" || text == "null") ? .absent : .scalar(text)
  }

  private mutating func elements(
    _ node: UnsafeMutablePointer<yaml_node_t>, depth: Int
  ) throws(YAMLError) -> [Node] {
    let items = unsafe node.pointee.data.sequence.items
    var elements: [Node] = []
    var item = unsafe items.start
    while unsafe item != items.top, let index = unsafe item {
      elements.append(try unsafe child(index.pointee, depth: depth))
      unsafe item = unsafe index + 1
    }
    return elements
  }

  private mutating func entries(
    _ node: UnsafeMutablePointer<yaml_node_t>, depth: Int
  ) throws(YAMLError) -> [Node.Entry] {
    let pairs = unsafe node.pointee.data.mapping.pairs
    var entries: [Node.Entry] = []
    var keys: Set<String> = []
    var pair = unsafe pairs.start
    while unsafe pair != pairs.top, let place = unsafe pair {
      let key = try unsafe child(place.pointee.key, depth: depth)
      let value = try unsafe child(place.pointee.value, depth: depth)
      let mark = key.mark ?? Mark(line: 1, column: 1)
      guard let name = key.text else {
        throw YAMLError(mark: mark, message: "expected a key, not \(key.kind)")
      }
      guard keys.insert(name).inserted else {
        throw YAMLError(mark: mark, message: "\(name): appears twice; keep one of them")
      }
      entries.append(Node.Entry(key: name, keyMark: mark, node: value))
      unsafe pair = unsafe place + 1
    }
    return entries
  }

  private mutating func child(_ index: Int32, depth: Int) throws(YAMLError) -> Node {
    guard let node = unsafe yaml_document_get_node(document, index) else {
      return Node(.absent)
    }
    return try unsafe self.node(node, depth: depth + 1)
  }
}
