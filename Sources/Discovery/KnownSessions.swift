// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Session

/// The sessions that others announce, as this host sees them.
struct KnownSessions: Sendable {
  private typealias Known = (offers: [Subscriptions.Offer], status: SessionStatus)

  private var byIdentity: [SessionIdentity: Known] = [:]

  /// What is there to subscribe to.
  var offers: some Sequence<Subscriptions.Offer> { byIdentity.values.lazy.flatMap(\.offers) }
  var statuses: [SessionStatus] { byIdentity.values.map(\.status) }

  func name(of identity: SessionIdentity) -> String { byIdentity[identity]?.status.name ?? "" }

  /// Takes in a session, or its new form.
  mutating func note(_ session: DiscoveredSession, for host: ReceiverProfile) {
    guard let reading = try? session.reading() else { return }
    let notes = reading.faults.map { "Of its description, \($0)." }
    let offers = reading.streams.map { stream in
      Subscriptions.Offer(
        identity: session.identity, session: session.name, stream: stream,
        firstHeard: session.firstHeard, source: session.source, notes: notes)
    }
    byIdentity[session.identity] = (offers, SessionStatus(session, reading, for: host))
  }

  mutating func forget(_ identity: SessionIdentity) { byIdentity[identity] = nil }
  mutating func removeAll() { byIdentity.removeAll() }

  /// Why a session that is announced under this name has no stream; nil where none is.
  func unread(_ requested: String) -> String? {
    let session = byIdentity.first { identity, known in
      known.offers.isEmpty
        && [known.status.name, known.status.origin, identity.origin.description].contains(requested)
    }
    guard let status = session?.value.status else { return nil }
    return "Not receivable: its description, from \(status.announcer), has no stream that can be"
      + " read: \(status.problems.joined(separator: "; "))."
  }
}
