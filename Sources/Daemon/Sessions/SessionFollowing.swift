// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import Session

/// How the sessions thread follows this host: its clock, its senders and its receivers.
extension SessionLoop {
  /// What this host can receive, which every verdict depends on.
  mutating func followHost(_ found: (interface: NetworkInterface, address: IPv4Address)?) {
    let profile = ReceiverProfile.thisHost(
      addresses: found?.interface.addresses ?? [], clock: followedClock)
    guard profile != host else { return }
    host = profile
    noteAll()
  }

  private var followedClock: FollowedClock? {
    guard configuration.networkClock.mode != nil else { return nil }
    let grandmaster = clock.grandmaster
    return FollowedClock(
      domain: UInt8(clamping: grandmaster?.domain ?? configuration.networkClock.domain),
      grandmaster: grandmaster?.identity)
  }

  /// Announces what has changed about our senders, and withdraws those that run no more (SAP-09).
  mutating func followSenders(
    _ found: (interface: NetworkInterface, address: IPv4Address)?, at now: MonotonicInstant
  ) {
    guard let found else { return }
    let running = streams.runningSenders.map(\.configuration)
    let place = OwnSessions.Surroundings(
      address: found.address, ethernetAddress: found.interface.ethernetAddress,
      grandmaster: clock.grandmaster, timeToLive: configuration.network.ttl)
    guard running != announced || place != surroundings else { return }
    announced = running
    surroundings = place
    let before = identities
    let numbers = identities.identifiers(of: running)
    var descriptions: [SessionDescription] = []
    for (sender, number) in zip(running, numbers) {
      do throws(AnnouncementError) {
        let description = OwnSessions.description(of: sender, identifier: number, in: place)
        descriptions.append(try announcer.announce(description, at: now))
      } catch {
        log.tell(.announcementUnavailable, "sender \(sender.name) is not announced: \(error)")
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

  /// Lets each receiver with a subscription receive what it subscribes to.
  mutating func followReceivers(at now: MonotonicInstant) {
    let followers = streams.subscribers
    subscriptions.keep(only: Set(followers.map(\.id)))
    located.keep(only: Set(followers.map(\.id)))
    for (url, result) in descriptions.takeAnswers() { located.answer(url, result) }
    for (id, receiver, packets) in followers {
      let decision: Subscriptions.Decision
      switch receiver.subscription {
      case nil: continue
      case .description(let stream)?: decision = .receive(stream, note: nil)
      case .location(let url)?:
        decision = located.decide(
          id, at: url, host: host, packets: packets, now: now, ask: descriptions.ask)
      case .session(let wanted)?:
        let matching = offers.values.flatMap { $0.filter { $0.matches(wanted) } }
        decision = subscriptions.decide(
          id, wants: wanted, from: matching, host: host, packets: packets, at: now)
      }
      switch decision {
      case .wait(let reason): streams.follow(id, nil, note: reason)
      case .receive(let stream, let note):
        switch receiver.receiving(stream, clock: host.clock) {
        case .success(let found): streams.follow(id, found, note: note)
        case .failure(let problem): streams.follow(id, nil, note: "\(problem)")
        }
      }
    }
  }
}
