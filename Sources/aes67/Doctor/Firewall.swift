// SPDX-License-Identifier: MIT

/// A host's packet filter, as far as it concerns the packets that AES67 receives.
struct Firewall: Equatable {
  /// A packet that must be accepted.
  struct Packet: Equatable {
    enum Kind: String { case udp, igmp }
    var kind: Kind
    /// The UDP port.
    var port = 0
    var interface: String
  }

  /// The result for a packet.
  enum Answer: Equatable { case accepted, dropped, unknown }

  enum Verdict: Equatable {
    case accept, drop, back
    case jump(String)
    case goTo(String)
    /// The rule counts, logs or marks.
    case onward
    case unknown
  }

  /// A condition of a rule on a packet.
  indirect enum Condition: Equatable {
    case not(Condition)
    case kind(String)
    case ports([ClosedRange<Int>])
    case interface(String)
    /// Only packets that begin a connection, or that are not tracked, matter here: true if the rule matches
    /// these.
    case isNew(Bool)
    case unknown

    /// Returns true if the condition holds; nil if that is unknown.
    func holds(for packet: Packet) -> Bool? {
      switch self {
      case .not(let condition): condition.holds(for: packet).map { !$0 }
      case .kind(let name): name == packet.kind.rawValue
      case .ports(let ranges):
        packet.kind == .udp && ranges.contains { $0.contains(packet.port) }
      case .interface(let name):
        name.hasSuffix("*") || name.hasSuffix("+")
          ? packet.interface.hasPrefix(name.dropLast()) : name == packet.interface
      case .isNew(let isTaken): isTaken
      case .unknown: nil
      }
    }
  }

  struct Rule: Equatable {
    var conditions: [Condition] = []
    var verdict = Verdict.onward
  }

  struct Chain: Equatable {
    /// The name in commands: `inet filter input`.
    var name: String
    /// True if incoming packets go through it first.
    var isBase: Bool
    var drops = false
    var rules: [Rule] = []
  }

  var chains: [String: Chain] = [:]

  /// The result for a packet, and the base chain that drops it.
  func answer(to packet: Packet) -> (answer: Answer, chain: String) {
    var worst = (answer: Answer.accepted, chain: "")
    for chain in chains.values.filter(\.isBase).sorted(by: { $0.name < $1.name }) {
      var isSure = true
      let verdict = walk(chain, packet, &isSure, depth: 0) ?? (chain.drops ? .drop : .accept)
      guard verdict == .drop else { continue }
      if isSure { return (.dropped, chain.name) }
      worst = (.unknown, chain.name)
    }
    return worst
  }

  /// The result of the chain; nil if no rule decides.
  private func walk(
    _ chain: Chain, _ packet: Packet, _ isSure: inout Bool, depth: Int
  ) -> Verdict? {
    guard depth < 16 else { return nil }
    for rule in chain.rules {
      let holds = rule.conditions.map { $0.holds(for: packet) }
      if holds.contains(false) { continue }
      if holds.contains(nil) {
        // This rule may decide, so that the result of later ones is uncertain.
        if rule.verdict != .onward { isSure = false }
        continue
      }
      switch rule.verdict {
      case .accept, .drop: return rule.verdict
      case .back: return nil
      case .onward: continue
      case .unknown: isSure = false
      case .jump(let name):
        if let next = chains[name], let found = walk(next, packet, &isSure, depth: depth + 1) {
          return found
        }
      case .goTo(let name):
        return chains[name].flatMap { walk($0, packet, &isSure, depth: depth + 1) }
      }
    }
    return nil
  }
}
