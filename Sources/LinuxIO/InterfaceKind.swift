// SPDX-License-Identifier: MIT

/// What an interface is made of, which decides how much the automatic choice thinks of it: the first is the best.
public enum InterfaceKind: String, CaseIterable, Comparable, Sendable {
  /// Ethernet: a card, or what was put on one (VLAN, bond, a bridge with a card as its port). In a container the
  /// end of a veth is its card.
  case wired
  case wireless
  /// A bridge of containers or virtual machines, a tunnel, and whatever else has no cable.
  case virtual
  case loopback

  public static func < (left: InterfaceKind, right: InterfaceKind) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }

  /// Of what the kernel calls them (`ip -details link`), those that stand for a cable.
  private static let cabled: Set<String> = ["vlan", "bond", "team", "macvlan", "ipvlan", "veth"]

  /// - Parameters:
  ///   - family: what the kernel calls it, such as `bridge`; empty for hardware.
  ///   - hasWiredPort: it joins interfaces of which one is wired hardware.
  init(family: String, isEthernet: Bool, isLoopback: Bool, hasWiredPort: Bool) {
    if isLoopback {
      self = .loopback
    } else if family.isEmpty {
      self = isEthernet ? .wired : .virtual
    } else {
      self = Self.cabled.contains(family) || hasWiredPort ? .wired : .virtual
    }
  }
}
