// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import Session

/// The data of the layout's number that is kept across restarts, by the state store.
package struct KeptLayout: Codable, Equatable, Sendable {
  package static let subject = "layout"
  package static let formVersion = 1

  /// The number in use, or the last one; nil before the first.
  package var number: UInt8?
  /// A random number that identifies this installation.
  var installation = UInt64.random(in: 1...0x7FFF_FFFF)
}

/// The number of this host in the layout: the claims on the network, and the kept data.
struct LayoutNumber: Sendable {
  private(set) var kept: KeptLayout
  let choice: LayoutChoice
  private let port: UInt16
  private let streams: Int
  private var numbering: LayoutNumbering
  /// Detects devices that send to the groups of a number that is asked for.
  private var watch = AddressWatch()

  init(_ configuration: Configuration, _ store: any StateStorage) {
    kept =
      store.load(KeptLayout.subject, version: KeptLayout.formVersion, as: KeptLayout.self)
      ?? KeptLayout()
    choice = configuration.layoutChoice
    port = configuration.network.port
    streams = configuration.layout.streams
    numbering = LayoutNumbering(
      base: choice.base,
      claimant: LayoutClaim.Claimant(address: .any, installation: kept.installation),
      fixed: choice.number, excluding: choice.excluded, seed: .random(in: .min ... .max))
  }

  /// Returns true if this host chooses its number, and may change it.
  var isAutomatic: Bool { choice.isUsed && choice.number == nil }
  /// The number in use; nil while there is none.
  var number: UInt8? { numbering.number }

  // MARK: Events

  /// Begins on a network.
  mutating func begin(from address: IPv4Address, at now: MonotonicInstant) {
    if choice.isUsed { numbering.begin(kept: kept.number, from: address, at: now) }
  }

  /// Uses the number of the last run, otherwise the first, because announcements can be neither sent nor
  /// received.
  mutating func assume(at now: MonotonicInstant) {
    if choice.isUsed { numbering.assume(kept.number ?? 1, at: now) }
  }

  /// Takes a claim, but only from the host that it names.
  mutating func heard(_ claim: LayoutClaim, from source: IPv4Address, at now: MonotonicInstant) {
    if choice.isUsed, source == claim.claimant.address { numbering.heard(claim, at: now) }
  }

  mutating func noticed(use number: UInt8, by occupant: IPv4Address, at now: MonotonicInstant) {
    if isAutomatic { numbering.noticed(use: number, by: occupant, at: now) }
  }

  /// Listens to the groups of the number that is asked for, if there is one.
  mutating func listen(on interface: NetworkInterface, at now: MonotonicInstant) {
    guard isAutomatic, let candidate = numbering.candidate else { return watch.forget() }
    let groups = (0..<streams).map { index in
      var sender = SenderConfiguration()
      sender.address = IPv4Address(
        bits: choice.base.bits | UInt32(candidate) << 8 | UInt32(index + 1))
      sender.port = port
      return (id: StreamID(index), configuration: sender)
    }
    watch.follow(groups, on: interface)
    for (_, intruder) in watch.listen(own: interface.addresses, at: now) {
      numbering.noticed(use: candidate, by: intruder, at: now)
    }
  }

  // MARK: Actions

  var deadline: MonotonicInstant? { choice.isUsed ? numbering.deadline : nil }

  mutating func advance(to now: MonotonicInstant) { numbering.advance(to: now) }

  mutating func nextAction() -> LayoutNumbering.Action? {
    let action = numbering.nextAction()
    if case .take(let number) = action { kept.number = number }
    return action
  }
}

extension SessionLoop {
  /// Adapts the number to devices that send to the groups of the layout, or announce streams there.
  ///
  /// - Parameter heard: the observations on the groups of our senders.
  mutating func followLayout(
    _ found: (interface: NetworkInterface, address: IPv4Address),
    _ heard: [(group: IPv4Address, intruder: IPv4Address)], at now: MonotonicInstant
  ) {
    guard layout.isAutomatic else { return }
    for (group, intruder) in heard {
      if let number = configuration.layout.host(of: group) {
        layout.noticed(use: number, by: intruder, at: now)
      }
    }
    for offer in known.offers where !offer.stream.isInactive && !offer.isOurs {
      if let group = offer.stream.address.ip4, let number = configuration.layout.host(of: group) {
        layout.noticed(use: number, by: offer.source, at: now)
      }
    }
    layout.listen(on: found.interface, at: now)
  }

  /// Returns true if a conflict about this sender's group is resolved by another number.
  func isNumbered(_ sender: SenderConfiguration) -> Bool {
    guard layout.isAutomatic, let number = layout.number else { return false }
    return configuration.layout.host(of: sender.address) == number
  }

  /// A sentence on the streams of a number.
  func layoutSentence(_ number: UInt8) -> String {
    let groups = [1, max(1, configuration.layout.streams)].map {
      "\(configuration.layout.address(ofHost: number, stream: $0))"
    }
    return "this host is number \(number) of the layout: it sends to \(groups[0]) to \(groups[1]),"
      + " and receives host \(configuration.layout.remoteHost(of: number))"
  }
}

extension LayoutNumbering.Reason {
  /// The reason, which ends the sentence "this host is no longer number 1: ...".
  var text: String {
    switch self {
    case .claimed(let host): "host \(host) has the same number and keeps it"
    case .occupied(let device): "\(device) sends to its groups"
    }
  }
}
