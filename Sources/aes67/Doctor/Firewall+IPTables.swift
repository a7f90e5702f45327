// SPDX-License-Identifier: MIT
internal import Notation

extension Firewall {
  /// Parses the output of `iptables-save -t filter`.
  init(iptables text: String) {
    self.init()
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if first.hasPrefix(":"), words.count > 1 {
        let name = String(first.dropFirst())
        chains[name] = Chain(name: name, isBase: name == "INPUT", drops: words[1] == "DROP")
      } else if first == "-A", words.count > 1 {
        chains[words[1]]?.rules.append(Self.rule(Array(words.dropFirst(2))))
      }
    }
  }

  private static func rule(_ words: [String]) -> Rule {
    var rule = Rule()
    var isNegated = false
    func add(_ condition: Condition) {
      rule.conditions.append(isNegated ? .not(condition) : condition)
      isNegated = false
    }
    var place = 0
    while place < words.count {
      let value = place + 1 < words.count ? words[place + 1] : ""
      switch words[place] {
      case "!":
        isNegated = true
        place -= 1
      case "-p": add(.kind(value))
      case "-i": add(.interface(value))
      case "--dport", "--dports": add(ports(value))
      case "--state", "--ctstate":
        let states = value.split(separator: ",")
        add(.isNew(states.contains("NEW") || states.contains("UNTRACKED")))
      case "-m":
        if !["udp", "tcp", "multiport", "state", "conntrack", "comment"].contains(value) {
          add(.unknown)
        }
      case "-j": rule.verdict = verdict(value)
      case "-g": rule.verdict = .goTo(value)
      case "--comment", "--reject-with": break
      default:
        add(.unknown)
        place -= 1
      }
      place += 2
    }
    return rule
  }

  private static func verdict(_ target: String) -> Verdict {
    switch target {
    case "ACCEPT": .accept
    case "DROP", "REJECT": .drop
    case "RETURN": .back
    case "LOG", "NFLOG", "MARK", "CONNMARK": .onward
    default: .jump(target)
    }
  }

  private static func ports(_ text: String) -> Condition {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: ":").compactMap { Int(decimal: String($0)) }
      guard let first = ends.first, let last = ends.last, first <= last else { return .unknown }
      ranges.append(first...last)
    }
    return .ports(ranges)
  }
}
