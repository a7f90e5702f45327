// SPDX-License-Identifier: MIT
public import Addressing

/// The interface that streams or PTP use and the address they send from, followed through changes.
///
/// Only what has changed matters: an address that is added, another interface that comes, or a new
/// name under `auto` interrupt nothing (NET-09).
public struct NetworkPath: Equatable, Sendable {
  /// What a look at the interfaces has brought.
  public enum Change: Equatable, Sendable {
    case none
    /// The interface is gone, down, or without an address. Sockets stay: it may come back.
    case lost
    /// Another interface was chosen, and it cannot be used yet: nothing may go on on the old one.
    case left
    /// Back as it was: the network around may be another, so groups must be joined anew.
    case returned
    /// Our address is gone and there is another one: senders need new sockets, groups are joined anew.
    case readdressed
    /// Another interface, or the same made anew: every socket must be opened anew.
    case moved
  }

  /// The name of the interface that is meant; nil for ``NetworkInterfaces/automaticChoice(among:)``.
  public private(set) var choice: String?
  /// Nobody has looked at the interfaces since the choice.
  private var isChoiceNew = false
  /// The interface in use as it was last; kept when it is lost, to know it again.
  public private(set) var interface: NetworkInterface?
  /// Our address on it.
  public private(set) var address: IPv4Address?
  /// True if it can be used now.
  public private(set) var isUsable = false
  /// What to tell people when it cannot.
  public private(set) var problem = ""

  public init(_ choice: String?) { self.choice = choice }

  /// Another interface is to be used, from the next ``follow(_:)`` on. Where the choice comes to the interface in
  /// use, nothing changes.
  public mutating func choose(_ choice: String?) {
    guard choice != self.choice else { return }
    self.choice = choice
    isChoiceNew = true
  }

  /// Compares the path with the interfaces there are now.
  ///
  /// To be called with lists that succeeded: one that failed says nothing about any interface.
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

  /// The interface that is meant.
  ///
  /// Under `auto` the one in use stays while it can be used, but gives way to a better kind at once: to a cable, what is
  /// virtual or wireless; to any network, the loopback one. A wired one that has lost its link is waited for, rather
  /// than left for a worse kind: who pulls a cable does not want streams on the wireless network. The loopback one is
  /// chosen only where there never was another: nobody looks for a cable that is out while everything seems to run.
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

  /// What is up and is not meant, unless it is named.
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
