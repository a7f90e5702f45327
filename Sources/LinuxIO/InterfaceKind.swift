// SPDX-License-Identifier: MIT

/// The kind of an interface. The automatic choice prefers the first kinds.
public enum InterfaceKind: String, CaseIterable, Comparable, Sendable {
  /// Ethernet: a card, or an interface on top of one (VLAN, bond, a bridge with a card as its port). In a
  /// container, the end of a veth counts as its card.
  case wired
  case wireless
  /// A bridge of containers or virtual machines, a tunnel, or any other interface without a cable.
  case virtual
  case loopback

  public static func < (left: InterfaceKind, right: InterfaceKind) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }

  /// The kernel's kinds of links (`ip -details link`) that stand for a cable.
  private static let cabled: Set<String> = ["vlan", "bond", "team", "macvlan", "ipvlan", "veth"]

  /// - Parameters:
  ///   - family: the kernel's kind of link, such as `bridge`; empty for hardware.
  ///   - hasWiredPort: true if it joins interfaces of which one is wired hardware.
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
