// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import Session

/// What of the layout's number outlives a restart. Kept by the state store.
package struct KeptLayout: Codable, Equatable, Sendable {
  package static let subject = "layout"
  package static let formVersion = 1

  /// The number in use, or the last one that was; nil before the first.
  package var number: UInt8?
  /// Tells this installation from others.
  var installation = UInt64.random(in: 1...0x7FFF_FFFF)
}

/// The number of this host in the layout: what the network says about it, and what is kept.
struct LayoutNumber: Sendable {
  private(set) var kept: KeptLayout
  let choice: LayoutChoice
  private let port: UInt16
  private let streams: Int
  private var numbering: LayoutNumbering
  /// Hears who sends to the groups of a number that is asked for.
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

  /// Returns true if the number is this host's to choose, and to change.
  var isAutomatic: Bool { choice.isUsed && choice.number == nil }
  /// The number in use; nil while there is none.
  var number: UInt8? { numbering.number }

  // MARK: What happens

  /// The network is there.
  mutating func begin(from address: IPv4Address, at now: MonotonicInstant) {
    if choice.isUsed { numbering.begin(kept: kept.number, from: address, at: now) }
  }

  /// Announcements can be neither sent nor heard: the number of the last run holds, otherwise the first.
  mutating func assume(at now: MonotonicInstant) {
    if choice.isUsed { numbering.assume(kept.number ?? 1, at: now) }
  }

  /// Takes in a claim; only of the host that it names.
  mutating func heard(_ claim: LayoutClaim, from source: IPv4Address, at now: MonotonicInstant) {
    if choice.isUsed, source == claim.claimant.address { numbering.heard(claim, at: now) }
  }

  mutating func noticed(use number: UInt8, by occupant: IPv4Address, at now: MonotonicInstant) {
    if isAutomatic { numbering.noticed(use: number, by: occupant, at: now) }
  }

  /// Listens to the groups of the number that is asked for, while one is.
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

  // MARK: What follows

  var deadline: MonotonicInstant? { choice.isUsed ? numbering.deadline : nil }

  mutating func advance(to now: MonotonicInstant) { numbering.advance(to: now) }

  mutating func nextAction() -> LayoutNumbering.Action? {
    let action = numbering.nextAction()
    if case .take(let number) = action { kept.number = number }
    return action
  }
}

extension SessionLoop {
  /// Lets the number follow who sends to the groups of the layout, and who announces that.
  ///
  /// - Parameter heard: on the groups of our senders.
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
    for offer in known.offers where !offer.stream.isInactive {
      if let group = offer.stream.address.ip4, let number = configuration.layout.host(of: group) {
        layout.noticed(use: number, by: offer.source, at: now)
      }
    }
    layout.listen(on: found.interface, at: now)
  }

  /// Returns true if a conflict about this sender's group is settled by another number.
  func isNumbered(_ sender: SenderConfiguration) -> Bool {
    guard layout.isAutomatic, let number = layout.number else { return false }
    return configuration.layout.host(of: sender.address) == number
  }

  /// What a number means, for people.
  func layoutSentence(_ number: UInt8) -> String {
    let groups = [1, max(1, configuration.layout.streams)].map {
      "\(configuration.layout.address(ofHost: number, stream: $0))"
    }
    return "this host is number \(number) of the layout: it sends to \(groups[0]) to \(groups[1]),"
      + " and receives host \(configuration.layout.remoteHost(of: number))"
  }
}

extension LayoutNumbering.Reason {
  /// Ends the sentence "this host is no longer number 1: ...".
  var text: String {
    switch self {
    case .claimed(let host): "host \(host) has the same number and keeps it"
    case .occupied(let device): "\(device) sends to its groups"
    }
  }
}
