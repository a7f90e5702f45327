// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import Session

/// Follows this host: its clock, its senders and its receivers.
extension SessionLoop {
  /// Updates the capabilities of this host, on which every verdict depends.
  mutating func followHost(_ found: (interface: NetworkInterface, address: IPv4Address)?) {
    let profile = ReceiverProfile.thisHost(
      addresses: found?.interface.addresses ?? [], clock: followedClock)
    guard profile != host else { return }
    host = profile
    noteAll()
  }

  private var followedClock: FollowedClock? {
    guard configuration.networkClock.mode != nil else { return nil }
    return grandmaster()
      ?? FollowedClock(
        domain: UInt8(clamping: configuration.networkClock.domain), grandmaster: nil)
  }

  /// Announces changes of our senders, and withdraws those that have stopped (SAP-09).
  mutating func followSenders(
    _ found: (interface: NetworkInterface, address: IPv4Address)?, at now: MonotonicInstant
  ) {
    guard let found else { return }
    let senders = streams.runningSenders
    let running = Dictionary(uniqueKeysWithValues: senders.map { ($0.id, $0.configuration) })
    let place = OwnSessions.Surroundings(
      address: found.address, ethernetAddress: found.interface.ethernetAddress,
      grandmaster: grandmaster(), timeToLive: configuration.network.ttl)
    guard running != announced || place != surroundings else { return }
    announced = running
    surroundings = place
    let before = identities
    let numbers = identities.identifiers(of: senders)
    let identifiers = Dictionary(uniqueKeysWithValues: zip(senders.map(\.id), numbers))
    snapshot.update(SessionSnapshot.Place(surroundings: place, identifiers: identifiers))
    var descriptions: [SessionDescription] = []
    for ((_, sender), number) in zip(senders, numbers) {
      do throws(AnnouncementError) {
        let description = OwnSessions.description(of: sender, identifier: number, in: place)
        descriptions.append(try announcer.announce(description, at: now))
      } catch {
        log.record(.announcementUnavailable, "sender \(sender.name) is not announced: \(error)")
      }
    }
    let kept = Set(descriptions.map(\.origin.identifier))
    for old in own where !kept.contains(old.origin.identifier) {
      announcer.withdraw(old.origin.identifier, at: now)
    }
    own = descriptions
    directory.own = announcer.keys
    identities.remember(announcer.stamps)
    if identities != before {
      store.save(SessionIdentities.subject, version: SessionIdentities.formVersion, identities)
    }
    noteNews()
  }

  /// Sets the stream of each receiver with a subscription.
  mutating func followReceivers(at now: MonotonicInstant) {
    let followers = streams.subscribers
    subscriptions.keep(only: Set(followers.map(\.id)))
    unusable.keep(only: Set(followers.map(\.id)))
    located.keep(only: Set(followers.map(\.id)))
    known.keepMatches(
      of: Set(
        followers.compactMap { follower in
          if case .session(let requested)? = follower.configuration.subscription {
            requested
          } else {
            nil
          }
        }))
    for (url, result) in descriptions.takeAnswers() { located.answer(url, result) }
    for (id, receiver, packets) in followers {
      let decision: Subscriptions.Decision
      switch receiver.subscription {
      case nil: continue
      case .description(let text)?: decision = text.decision(on: host)
      case .location(let url)?:
        decision = located.decide(
          id, at: url, host: host, packets: packets, now: now, ask: descriptions.ask)
      case .session(let requested)?:
        let match = known.match(requested)
        decision = subscriptions.decide(
          id, subscribedTo: requested, from: match.offers, unread: match.unread, host: host,
          packets: packets, at: now)
      }
      follow(decision, id, receiver)
    }
  }

  private mutating func follow(
    _ decision: Subscriptions.Decision, _ id: StreamID, _ receiver: ReceiverConfiguration
  ) {
    switch decision {
    case .wait(let reason):
      streams.follow(id, receiver, .wait(reason: reason))
      unusable.clear(id)
    case .unusable(let reason): refuse(id, receiver, reason)
    case .receive(let stream, let note):
      switch receiver.receiving(stream, clock: host.clock) {
      case .success(let found):
        streams.follow(id, receiver, .receive(found, note: note))
        unusable.clear(id)
      case .failure(let problem): refuse(id, receiver, "\(problem)")
      }
    }
  }

  private mutating func refuse(
    _ id: StreamID, _ receiver: ReceiverConfiguration, _ reason: String
  ) {
    streams.follow(id, receiver, .notReceivable(reason: reason))
    guard unusable.isNews(reason, of: id) else { return }
    log.record(
      .sessionUnusable, "receiver \(receiver.name): \(reason)",
      [
        .stream: receiver.name, .session: receiver.subscription?.name ?? "",
        .reason: reason,
      ])
  }
}
