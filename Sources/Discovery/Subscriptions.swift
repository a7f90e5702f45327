// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import MediaClock
internal import Notation
internal import RTP
internal import Session

/// The present stream of each receiver with a subscription, or the reason why there is none.
///
/// Sans-IO: sessions and counts are arguments, and decisions are results. A receiver keeps its session while
/// packets arrive, announced or not (SAP-07). One that has stopped is replaced by another of the same name,
/// such as that of a device that came back with a new identity.
struct Subscriptions {
  /// An announced stream.
  struct Offer: Equatable {
    var identity: SessionIdentity
    var session: String
    var stream: StreamDescription
    var firstHeard: MonotonicInstant
    /// The host that announces it.
    var source = IPv4Address.any
    /// The parts of its description that were skipped, one sentence each.
    var notes: [String] = []
    /// True if it is a stream of this host that another host announces, such as a gateway between protocols.
    var isOurs = false

    /// Returns true if another host announces a stream from these addresses: by the sources that it allows,
    /// otherwise by its origin.
    func comes(from addresses: [IPv4Address]) -> Bool {
      guard !addresses.contains(source) else { return false }
      let senders = stream.sources.isEmpty ? [stream.origin.ip4].compactMap(\.self) : stream.sources
      return !senders.isEmpty && senders.allSatisfy(addresses.contains)
    }

    /// Returns true if the text is the session's name, its stream's name if it has several, its origin, or its
    /// destination.
    func matches(_ requested: String) -> Bool {
      // Users type names as they are shown, and those are cut.
      [session, stream.name].contains { $0 == requested || $0.asName == requested }
        || requested == identity.description || requested == identity.origin.description
        || requested == "\(stream.address):\(stream.port)"
    }
  }

  /// The offers that match. If the requested line `o=` belongs to one session alone, only those of its host.
  static func matching(_ requested: String, in offers: some Sequence<Offer>) -> [Offer] {
    let all = offers.filter { $0.matches(requested) }
    guard let owner = all.first(where: { $0.identity.description == requested }) else { return all }
    return all.filter { $0.identity.description == requested || $0.source == owner.source }
  }

  enum Decision: Equatable {
    /// The stream, and a warning about it; nil for none.
    case receive(StreamDescription, note: String?)
    case wait(reason: String)
    /// The stream exists, but this host cannot receive it as it is.
    case unusable(reason: String)
  }

  private struct Follower {
    var requested: String
    var offer: Offer
    var packets: UInt64
    var lastArrival: MonotonicInstant
  }

  /// The time without a packet after which a sender counts as silent.
  static let timeout = Interval.seconds(2)

  private var followers: [StreamID: Follower] = [:]

  mutating func keep(only ids: Set<StreamID>) {
    followers = followers.filter { ids.contains($0.key) }
  }

  /// The decision on `receiver`.
  ///
  /// - Parameters:
  ///   - offers: all that match, in any order.
  ///   - unread: an announcement under that name that cannot be read, and the reason; nil for none.
  ///   - packets: the number of packets that this receiver has counted.
  mutating func decide(
    _ receiver: StreamID, subscribedTo requested: String, from offers: [Offer],
    unread: String? = nil, host: ReceiverProfile, packets: UInt64, at now: MonotonicInstant
  ) -> Decision {
    if followers[receiver]?.requested != requested { followers[receiver] = nil }
    if var follower = followers[receiver] {
      if packets != follower.packets {
        follower.packets = packets
        follower.lastArrival = now
        followers[receiver] = follower
      }
      let isSilent = now - follower.lastArrival >= Self.timeout
      let own =
        offers.first {
          $0.identity == follower.offer.identity && $0.stream.name == follower.offer.stream.name
        } ?? offers.first { $0.identity == follower.offer.identity }
      if let own, !isSilent || offers.count == 1 {
        return follow(own, receiver, requested, host, packets, now, isSilent: isSilent)
      }
      if own == nil, !isSilent {
        return .receive(
          follower.offer.stream,
          note: unread.map { "\"\(requested)\" is announced. \($0)" }
            ?? "\"\(requested)\" is no longer announced")
      }
      // One that cannot be received does not replace one that only pauses.
      let others = offers.filter {
        $0.identity != follower.offer.identity
          && (own == nil || host.verdict(on: $0.stream).isReceivable)
      }
      guard let next = Self.best(of: others, host) ?? own else {
        followers[receiver] = nil
        if let unread { return .unusable(reason: "\"\(requested)\" is announced. \(unread)") }
        return .wait(
          reason:
            "\"\(requested)\" is no longer announced, and none of its packets arrive; waiting for it"
        )
      }
      return follow(next, receiver, requested, host, packets, now, isSilent: next == own)
    }
    guard let offer = Self.best(of: offers, host) else {
      if let unread { return .unusable(reason: "\"\(requested)\" is announced. \(unread)") }
      return .wait(reason: "no session \"\(requested)\" is announced; waiting for it")
    }
    return follow(offer, receiver, requested, host, packets, now, isSilent: false)
  }

  /// A receivable offer, the newest one: announcements of a device from before its return are older.
  private static func best(of offers: [Offer], _ host: ReceiverProfile) -> Offer? {
    let usable = offers.filter { host.verdict(on: $0.stream).isReceivable }
    return (usable.isEmpty ? offers : usable).max { $0.firstHeard < $1.firstHeard }
  }

  private mutating func follow(
    _ offer: Offer, _ receiver: StreamID, _ requested: String, _ host: ReceiverProfile,
    _ packets: UInt64, _ now: MonotonicInstant, isSilent: Bool
  ) -> Decision {
    let decision = host.decision(
      on: offer.stream, as: "\"\(requested)\" is announced.", offer.notes)
    guard case .receive = decision else {
      followers[receiver] = nil
      return decision
    }
    if followers[receiver]?.offer.identity != offer.identity {
      followers[receiver] = Follower(
        requested: requested, offer: offer, packets: packets, lastArrival: now)
    }
    followers[receiver]?.offer = offer
    if isSilent {
      return .receive(
        offer.stream,
        note: "no packets of \"\(requested)\" arrive: its sender is silent, or they"
          + " are lost on the way")
    }
    return decision
  }
}

extension ReceiverProfile {
  /// Returns the decision on a receiver whose subscription results in `stream`: the same one for announcements,
  /// files, texts and URLs.
  ///
  /// - Parameters:
  ///   - introduction: the beginning of a refusal: what was described, and where.
  ///   - notes: the parts of the description that were skipped.
  func decision(
    on stream: StreamDescription, as introduction: String, _ notes: [String]
  ) -> Subscriptions.Decision {
    let verdict = verdict(on: stream)
    guard verdict.isReceivable else { return .unusable(reason: "\(introduction) \(verdict)") }
    let warnings = (verdict.obstacles.isEmpty ? [] : [verdict.description]) + notes
    return .receive(stream, note: warnings.isEmpty ? nil : warnings.joined(separator: " "))
  }
}

extension SubscribedDescription {
  /// Returns the decision on a receiver that subscribes to it.
  func decision(on host: ReceiverProfile) -> Subscriptions.Decision {
    guard let stream else { return .unusable(reason: "Not receivable: \(problem ?? name)") }
    return host.decision(on: stream, as: "\(name):", notes)
  }
}

extension ReceiverConfiguration {
  /// This receiver with the properties of `stream`; or the reason why it cannot receive it, in a sentence.
  func receiving(
    _ stream: StreamDescription, clock: FollowedClock?
  ) -> Result<ReceiverConfiguration, ValidationError> {
    func refuse(_ key: String, _ message: String) -> Result<ReceiverConfiguration, ValidationError>
    {
      .failure(ValidationError(keys: [key], message: message))
    }
    guard let address = stream.address.ip4 else {
      return refuse("address", "\(stream.address) is not an IPv4 address")
    }
    guard stream.channels <= channels else {
      return refuse(
        "channels",
        "the stream has \(stream.channels) channels, and this receiver has room for \(channels)")
    }
    var found = self
    found.address = address
    found.port = stream.port
    // A filter of several sources is not requested from the network: packets of any of them may arrive.
    found.source = stream.sources.count == 1 ? stream.sources[0] : nil
    switch stream.encoding {
    case .l24: found.encoding = .l24
    case .l16: found.encoding = .l16
    case .other(let name): return refuse("encoding", "\(name) is neither L24 nor L16")
    }
    found.channels = stream.channels
    found.map = map?.prefix(stream.channels)
    found.payloadType = stream.mappedPayloadType == nil ? stream.payloadType : nil
    if let offset = stream.timestampOffset, stream.follows(clock) {
      found.alignment = .mediaClock
      found.timestampOffset = offset
    } else {
      found.alignment = .arrival
      found.timestampOffset = 0
    }
    return .success(found)
  }
}

extension StreamDescription {
  /// Returns true if its sender has our media clock: PTP of the same domain, or a traceable clock if we follow
  /// PTP at all (SDP-08). Another grandmaster of the same domain is a transition.
  func follows(_ clock: FollowedClock?) -> Bool {
    guard let clock else { return false }
    return referenceClocks.contains { reference in
      switch reference {
      case .ptp(_, _, let domain): domain == clock.domain
      case .traceable: true
      case .localMAC, .other: false
      }
    }
  }
}
