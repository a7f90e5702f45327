// SPDX-License-Identifier: MIT
internal import FoundationEssentials

extension Firewall {
  /// Parses the output of `nft -j list ruleset`; nil for other text.
  init?(nft text: String) {
    guard let root = try? JSONDecoder().decode(JSONNode.self, from: Data(text.utf8)),
      let items = root["nftables"]?.elements
    else { return nil }
    self.init()
    let sets = Self.sets(items)
    for item in items {
      if let chain = item["chain"] { add(chain: chain) }
    }
    for item in items {
      guard let rule = item["rule"], let table = Self.table(rule), let chain = rule["chain"]?.text
      else { continue }
      let expressions = rule["expr"]?.elements ?? []
      chains["\(table) \(chain)"]?.rules.append(Self.rule(expressions, table, sets))
    }
  }

  /// Adds a chain that handles incoming IPv4 packets.
  private mutating func add(chain: JSONNode) {
    guard let table = Self.table(chain), let name = chain["name"]?.text else { return }
    let isIP = table.hasPrefix("ip ") || table.hasPrefix("inet ")
    let hook = chain["hook"]?.text
    let isBase =
      isIP && (hook == "input" || hook == "prerouting") && chain["type"]?.text == "filter"
    let full = "\(table) \(name)"
    chains[full] = Chain(
      name: full, isBase: isBase, drops: chain["policy"]?.text == "drop", rules: [])
  }

  private static func table(_ node: JSONNode) -> String? {
    guard let family = node["family"]?.text, let table = node["table"]?.text else { return nil }
    return "\(family) \(table)"
  }

  private static func sets(_ items: [JSONNode]) -> [String: JSONNode] {
    var sets: [String: JSONNode] = [:]
    for item in items {
      guard let set = item["set"], let table = table(set), let name = set["name"]?.text else {
        continue
      }
      sets["\(table) \(name)"] = set["elem"]
    }
    return sets
  }

  private static func rule(
    _ expressions: [JSONNode], _ table: String, _ sets: [String: JSONNode]
  ) -> Rule {
    var rule = Rule()
    for expression in expressions {
      guard let (name, value) = expression.only else {
        rule.conditions.append(.unknown)
        continue
      }
      switch name {
      case "match": rule.conditions.append(condition(value, table, sets))
      case "accept": rule.verdict = .accept
      case "drop", "reject": rule.verdict = .drop
      case "return": rule.verdict = .back
      case "jump": rule.verdict = .jump("\(table) \(value["target"]?.text ?? "")")
      case "goto": rule.verdict = .goTo("\(table) \(value["target"]?.text ?? "")")
      case "counter", "log", "mangle", "notrack", "comment": break
      // A limit accepts some packets.
      case "limit": rule.conditions.append(.unknown)
      default: rule.verdict = .unknown
      }
    }
    return rule
  }

  private static func condition(
    _ match: JSONNode, _ table: String, _ sets: [String: JSONNode]
  ) -> Condition {
    guard let left = match["left"], let right = match["right"], match["op"]?.text != "!=" else {
      return .unknown
    }
    let values = values(right, table, sets)
    switch (left["meta"]?["key"]?.text, left["payload"]?["field"]?.text, left["ct"]?["key"]?.text) {
    case ("iifname"?, _, _), ("iif"?, _, _):
      return right.text.map { .interface($0) } ?? .unknown
    case ("l4proto"?, _, _), (_, "protocol"?, _):
      let names = values.compactMap(\.text)
      return names.count == 1 ? .kind(names[0]) : .unknown
    case (_, "dport"?, _):
      guard ["udp", "th"].contains(left["payload"]?["protocol"]?.text) else { return .kind("tcp") }
      let ranges = values.compactMap(range)
      return ranges.count == values.count ? .ports(ranges) : .unknown
    case (_, _, "state"?):
      let states = values.compactMap(\.text)
      return .isNew(states.contains("new") || states.contains("untracked"))
    default: return .unknown
    }
  }

  private static func values(
    _ right: JSONNode, _ table: String, _ sets: [String: JSONNode]
  ) -> [JSONNode] {
    if let text = right.text, text.hasPrefix("@") {
      return sets["\(table) \(text.dropFirst())"]?.elements ?? []
    }
    return right["set"]?.elements ?? right.elements ?? [right]
  }

  private static func range(_ node: JSONNode) -> ClosedRange<Int>? {
    if let number = node.number { return number...number }
    guard let ends = node["range"]?.elements?.compactMap(\.number), ends.count == 2,
      ends[0] <= ends[1]
    else { return nil }
    return ends[0]...ends[1]
  }
}

/// Any JSON value.
private indirect enum JSONNode: Decodable {
  case text(String)
  case number(Int)
  case list([JSONNode])
  case object([String: JSONNode])
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else if let list = try? container.decode([JSONNode].self) {
      self = .list(list)
    } else if let object = try? container.decode([String: JSONNode].self) {
      self = .object(object)
    } else {
      self = .other
    }
  }

  subscript(key: String) -> JSONNode? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int? { if case .number(let number) = self { number } else { nil } }
  var elements: [JSONNode]? { if case .list(let list) = self { list } else { nil } }

  /// The only member of an object.
  var only: (name: String, value: JSONNode)? {
    guard case .object(let members) = self, members.count == 1, let first = members.first else {
      return nil
    }
    return (first.key, first.value)
  }
}
