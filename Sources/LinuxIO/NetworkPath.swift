// SPDX-License-Identifier: MIT
public import Addressing

/// The interface that streams or PTP use and their source address, followed through changes.
///
/// Irrelevant changes interrupt nothing: an additional address, another interface, or a new name under `auto`
/// (NET-09).
public struct NetworkPath: Equatable, Sendable {
  /// The result of comparing the path with the present interfaces.
  public enum Change: Equatable, Sendable {
    case none
    /// The interface is gone, down, or without an address. Sockets stay, because it may come back.
    case lost
    /// Another interface was selected, and it cannot be used yet: the old one must not be used any more.
    case left
    /// The interface is back unchanged: the network around it may be another, so that groups must be joined
    /// again.
    case returned
    /// Our address was replaced by another one: senders need new sockets, and groups are joined again.
    case readdressed
    /// The interface is another one, or was created again: every socket must be opened again.
    case moved
  }

  /// The name of the selected interface; nil for ``NetworkInterfaces/automaticChoice(among:)``.
  public private(set) var choice: String?
  /// True if the choice has not been compared with the interfaces yet.
  private var isChoiceNew = false
  /// The interface in use in its last state; kept when it is lost, in order to recognize it.
  public private(set) var interface: NetworkInterface?
  /// Our address on it.
  public private(set) var address: IPv4Address?
  /// True if it can be used now.
  public private(set) var isUsable = false
  /// The problem and its remedy, if it cannot be used.
  public private(set) var problem = ""

  public init(_ choice: String?) { self.choice = choice }

  /// Selects another interface, from the next ``follow(_:)`` on. If the choice results in the interface in use,
  /// nothing changes.
  public mutating func choose(_ choice: String?) {
    guard choice != self.choice else { return }
    self.choice = choice
    isChoiceNew = true
  }

  /// Compares the path with the present interfaces.
  ///
  /// Only for lists that were read completely: a failed one has no information on any interface.
  public mutating func follow(_ interfaces: [NetworkInterface]) -> Change {
    let found = find(interfaces)
    let leaves = isChoiceNew && interface != nil && found?.index != interface?.index
    isChoiceNew = false
    if leaves { (interface, address) = (nil, nil) }
    guard let found, found.isUsable, let first = found.addresses.first else {
      problem = describe(found, among: interfaces)
      defer { isUsable = false }
      if leaves { return .left }
      return isUsable ? .lost : .none
    }
    problem = ""
    let before = (index: interface?.index, address: address, isUsable: isUsable)
    let kept = before.address.flatMap { found.addresses.contains($0) ? $0 : nil }
    interface = found
    address = before.index == found.index ? kept ?? first : first
    isUsable = true
    if before.index != found.index { return .moved }
    if before.address != address { return .readdressed }
    return before.isUsable ? .none : .returned
  }

  /// The selected interface.
  ///
  /// Under `auto` the interface in use stays while it can be used. A better kind replaces it at once: wired
  /// replaces virtual and wireless, and any network replaces loopback. If a wired interface has lost its link,
  /// the daemon waits for it instead of using a worse kind: unplugging a cable must not move streams to the
  /// wireless network. The loopback interface is used only if there never was another: otherwise streams would
  /// seem to run while a cable is missing.
  private func find(_ interfaces: [NetworkInterface]) -> NetworkInterface? {
    let best = NetworkInterfaces.choice(choice, among: interfaces)
    guard choice == nil else { return best }
    guard let interface, !interface.isLoopback else {
      if let best, !best.isLoopback { return best }
      return interfaces.first { $0.isAwaited && $0.kind == .wired } ?? best
    }
    let same = interfaces.first { $0.index == interface.index }
    if let same {
      let isBetter = best.map { $0.kind < same.kind } ?? false
      if same.isUsable { return isBetter ? best : same }
      if same.kind == .wired, best?.kind != .wired { return same }
    }
    return best?.isLoopback == false ? best : same
  }

  /// A hint on interfaces that are up but are used only if they are named.
  private func virtualAdvice(_ all: [NetworkInterface]) -> String {
    guard let virtual = all.first(where: { $0.isUsable && $0.kind == .virtual }) else { return "" }
    return "; \(virtual.name) is virtual, and is used only if network.interface names it"
  }

  private func describe(_ found: NetworkInterface?, among all: [NetworkInterface]) -> String {
    let names = all.map(\.name).joined(separator: ", ")
    return switch (choice, found) {
    case (let name?, nil):
      "interface \(name) does not exist; available: \(names); waiting for it"
    case (_, let found?) where !found.isUp:
      "interface \(found.name) is down; nothing is sent or received until it is up"
    case (_, let found?) where !found.isRunning:
      "interface \(found.name) has no carrier: check its cable and switch port; nothing is sent or received"
        + " until the link is back" + (choice == nil ? virtualAdvice(all) : "")
    case (_, let found?):
      "interface \(found.name) has no IPv4 address; waiting for one"
    case (nil, nil) where interface != nil:
      "interface \(interface?.name ?? "") is gone; available: \(names); waiting for a network"
    case (nil, nil):
      "no network interface is up; available: \(names); waiting for one"
        + virtualAdvice(all)
    }
  }
}
