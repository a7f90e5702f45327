// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import Session

/// The sessions that others announce, with this host's verdicts.
///
/// Senders and subscriptions search it five times a second, and sessions seldom change: results are kept until
/// they do.
struct KnownSessions: Sendable {
  private typealias Known = (offers: [Subscriptions.Offer], status: SessionStatus)
  /// The result for a name: streams, or the reason why there is none.
  typealias Match = (offers: [Subscriptions.Offer], unread: String?)

  private struct Destination: Hashable {
    var address: IPv4Address
    var port: UInt16
  }

  private var byIdentity: [SessionIdentity: Known] = [:] {
    didSet {
      byDestination = nil
      matches.removeAll()
    }
  }
  /// The sessions by the destinations of active streams; nil if it was not needed since the last change.
  private var byDestination: [Destination: SessionIdentity]?
  private var matches: [String: Match] = [:]

  /// All streams that can be subscribed to.
  var offers: some Sequence<Subscriptions.Offer> { byIdentity.values.lazy.flatMap(\.offers) }
  var statuses: [SessionStatus] { byIdentity.values.map(\.status) }

  func name(of identity: SessionIdentity) -> String { byIdentity[identity]?.status.name ?? "" }

  /// Adds a session, or its new form.
  mutating func note(_ session: DiscoveredSession, for host: ReceiverProfile) {
    guard let reading = try? session.reading() else { return }
    let notes = reading.faults.map { "Of its description, \($0)." }
    let offers = reading.streams.map { stream in
      var offer = Subscriptions.Offer(
        identity: session.identity, session: session.name, stream: stream,
        firstHeard: session.firstHeard, source: session.source, notes: notes)
      offer.isOurs = offer.comes(from: host.ownAddresses)
      return offer
    }
    byIdentity[session.identity] = (offers, SessionStatus(session, reading, for: host))
  }

  mutating func forget(_ identity: SessionIdentity) { byIdentity[identity] = nil }
  mutating func removeAll() { byIdentity.removeAll() }

  /// An active stream of another host with the destination of this sender.
  mutating func rival(of sender: SenderConfiguration) -> Subscriptions.Offer? {
    let index = byDestination ?? destinations
    byDestination = index
    let wanted = Destination(address: sender.address, port: sender.port)
    guard let identity = index[wanted] else { return nil }
    return byIdentity[identity]?.offers.first { Self.destination(of: $0) == wanted }
  }

  private var destinations: [Destination: SessionIdentity] {
    var found: [Destination: SessionIdentity] = [:]
    for offer in offers {
      if let destination = Self.destination(of: offer) { found[destination] = offer.identity }
    }
    return found
  }

  /// The destination; nil for a stream that is inactive, that is ours, or that does not use IPv4.
  private static func destination(of offer: Subscriptions.Offer) -> Destination? {
    guard !offer.stream.isInactive, !offer.isOurs, let address = offer.stream.address.ip4 else {
      return nil
    }
    return Destination(address: address, port: offer.stream.port)
  }

  /// The streams for a subscription to `requested`.
  mutating func match(_ requested: String) -> Match {
    if let known = matches[requested] { return known }
    let offers = Subscriptions.matching(requested, in: offers)
    let match = (offers: offers, unread: offers.isEmpty ? unread(requested) : nil)
    matches[requested] = match
    return match
  }

  /// Drops results that are no longer requested.
  mutating func keepMatches(of requested: Set<String>) {
    matches = matches.filter { requested.contains($0.key) }
  }

  /// The reason why a session that is announced under this name has no stream; nil if there is none.
  private func unread(_ requested: String) -> String? {
    let session = byIdentity.first { identity, known in
      known.offers.isEmpty
        && [known.status.name, known.status.origin, identity.origin.description].contains(requested)
    }
    guard let status = session?.value.status else { return nil }
    return "Not receivable: its description, from \(status.announcer), has no stream that can be"
      + " read: \(status.problems.joined(separator: "; "))."
  }
}
