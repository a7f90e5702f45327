// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock

extension SessionDirectory {
  /// The meaning of an announcement with new content.
  private enum Claim {
    case new(SessionIdentity)
    /// It is the present form of a known session.
    case form(of: DiscoveredSession)
    case refused
  }

  /// For this time after an announcement, an older version may be one that was overtaken.
  private static let overtaking = Interval.seconds(2)

  /// Adds a session from an announcement with new content. Returns false if that is refused.
  mutating func accept(_ session: DiscoveredSession, at now: MonotonicInstant) -> Bool {
    // A stranger cannot use another host's identifier while that host is active.
    if session.key.hash != 0, let carried = carried[session.key]?.first,
      let holder = entries[carried], holder.source != session.source, !holder.isSilent(at: now)
    {
      return false
    }
    switch claim(of: session, at: now) {
    case .refused: return false
    case .form(let known): return replace(known, by: session, at: now)
    case .new(let identity):
      guard makeRoom(for: session) else { return false }
      if sources[session.source]?.sessions == 0 { report(.newSource(session.source)) }
      var session = session
      session.identity = identity
      insert(session)
      report(.appeared(identity))
      return true
    }
  }

  private mutating func claim(
    of session: DiscoveredSession, at now: MonotonicInstant
  ) -> Claim {
    let origin = session.origin.identity
    var placed = origin
    placed.place = .init(source: session.source, destination: session.destination)
    if let known = entries[placed] { return .form(of: known) }
    if session.origin.isCommon { return .new(placed) }
    guard let known = entries[origin] else { return .new(origin) }
    if known.isSilent(at: now) { return .form(of: known) }
    guard known.source == session.source else {
      // The host in the line o= has authority. Of two other hosts, either may be right.
      return known.source == origin.address.ip4 ? .refused : .new(placed)
    }
    let isOther =
      session.key.hash != 0 && known.key.hash != 0 && session.key != known.key
      && session.destination != known.destination
      && session.origin.version <= known.origin.version
    guard isOther else { return .form(of: known) }
    // Its older form, or a session with the same origin, which will be announced again.
    let isDoubtful =
      session.origin.version < known.origin.version
      && now - known.lastHeard < Self.overtaking && known.doubted != session.digest
    if isDoubtful {
      entries[origin]?.doubted = session.digest
      return .refused
    }
    return .new(placed)
  }

  private mutating func replace(
    _ known: DiscoveredSession, by session: DiscoveredSession, at now: MonotonicInstant
  ) -> Bool {
    // A device that restarts may begin with a small version again; one that was overtaken on its way
    // may not.
    let overtaken = now - known.lastHeard < Self.overtaking
    guard session.origin.version >= known.origin.version || !overtaken
    else { return false }
    var next = session
    next.identity = known.identity
    next.firstHeard = known.firstHeard
    next.lastHeard = known.lastHeard
    next.period = known.period
    next.heard(at: now)
    take(known)
    guard makeRoom(for: next) else {
      report(.disappeared(known.identity, .crowdedOut))
      return false
    }
    insert(next)
    if next.payload != known.payload { report(.changed(next.identity)) }
    return true
  }

  /// Removes a session that its own source deletes.
  mutating func delete(_ packet: SAPPacket, from source: IPv4Address) {
    let named = sessions(namedBy: packet)
    guard let first = named.first else {
      counts.ignored += 1
      // An unknown host, which may be asking for announcements.
      if sources[source]?.sessions ?? 0 == 0 { report(.newSource(source)) }
      return
    }
    guard named.count == 1, first.source == source else {
      counts.refused += 1
      return
    }
    remove(first.identity, because: .deleted)
    counts.accepted += 1
  }

  /// The sessions that a deletion may mean: by its identifier; if that has no meaning or belongs to several,
  /// also by the line `o=`; and then by the destination, as far as the deletion has it.
  private func sessions(namedBy packet: SAPPacket) -> [DiscoveredSession] {
    let all = (carried[packet.key] ?? []).compactMap { entries[$0] }
    if packet.key.hash != 0, all.count <= 1 { return all }
    guard let origin = Self.origin(inDeletion: packet.payload) else { return [] }
    let same = all.filter { $0.origin.identity == origin }
    guard same.count > 1, let text = try? SessionDescription(parsing: packet.payload[...])
    else { return same }
    return same.filter { $0.destination == text.destination }
  }

  private static func origin(inDeletion payload: [UInt8]) -> SessionIdentity? {
    for line in payload.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    where line.starts(with: "o=".utf8) {
      return Origin(Text.decoded(line.dropFirst(2)))?.identity
    }
    return nil
  }

  mutating func remove(_ identity: SessionIdentity, because reason: Reason) {
    guard let entry = entries[identity] else { return }
    take(entry)
    report(.disappeared(identity, reason))
  }

  private mutating func insert(_ session: DiscoveredSession) {
    let identity = session.identity
    entries[identity] = session
    carried[session.key, default: []].insert(identity)
    wordings[Wording(key: session.key, digest: session.digest)] = identity
    sources[session.source]?.sessions += 1
    sources[session.source]?.bytes += session.payload.count
    bytes += session.payload.count
    expect(session)
    // This one may have replaced the other under this identifier; with more than two, all are known to share it.
    guard isShared(session.key), carried[session.key]?.count == 2 else { return }
    for other in carried[session.key] ?? [] {
      if let entry = entries[other] { expect(entry) }
    }
  }

  private mutating func take(_ session: DiscoveredSession) {
    let identity = session.identity
    entries[identity] = nil
    carried[session.key]?.remove(identity)
    if carried[session.key]?.isEmpty == true { carried[session.key] = nil }
    let wording = Wording(key: session.key, digest: session.digest)
    if wordings[wording] == identity { wordings[wording] = nil }
    sources[session.source]?.sessions -= 1
    sources[session.source]?.bytes -= session.payload.count
    bytes -= session.payload.count
  }

  /// Makes room in a full directory: the source with the most sessions or bytes loses its oldest announcement,
  /// but not for another one of its own.
  private mutating func makeRoom(for session: DiscoveredSession) -> Bool {
    while true {
      let greediest: IPv4Address?
      if entries.count >= settings.maximumSessions {
        greediest = source(withMost: \.sessions, toMakeRoomFor: 1, of: session.source)
      } else if bytes + session.payload.count > settings.maximumBytes {
        greediest = source(
          withMost: \.bytes, toMakeRoomFor: session.payload.count, of: session.source)
      } else {
        return true
      }
      let theirs = entries.values.lazy.filter { $0.source == greediest }
      guard let oldest = theirs.min(by: { $0.lastHeard < $1.lastHeard }) else { return false }
      remove(oldest.identity, because: .crowdedOut)
    }
  }

  /// The source with the most, if that is more than `newcomer` would have with so many more.
  private func source(
    withMost amount: KeyPath<Source, Int>, toMakeRoomFor more: Int, of newcomer: IPv4Address
  ) -> IPv4Address? {
    let most = sources.max { $0.value[keyPath: amount] < $1.value[keyPath: amount] }
    guard let most, most.value[keyPath: amount] > (sources[newcomer]?[keyPath: amount] ?? 0) + more
    else { return nil }
    return most.key
  }
}
