// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock

extension SessionDirectory {
  /// Puts in a session that was announced in words not heard before; false when that is refused.
  mutating func accept(_ session: DiscoveredSession, at now: MonotonicInstant) -> Bool {
    if let known = entries[session.identity] { return replace(known, by: session, at: now) }
    if session.key.hash != 0, let carried = identities[session.key] {
      // The announcement carries another session than before: so the old one ended unheard.
      guard let old = entries[carried], old.source == session.source || old.isSilent(at: now)
      else { return false }
      remove(carried, because: .replaced)
    }
    guard makeRoom(for: session) else { return false }
    if sources[session.source]?.sessions == 0 { tell(.newSource(session.source)) }
    insert(session)
    tell(.appeared(session.identity))
    return true
  }

  private mutating func replace(
    _ known: DiscoveredSession, by session: DiscoveredSession, at now: MonotonicInstant
  ) -> Bool {
    guard known.source == session.source || known.isSilent(at: now) else { return false }
    // A device that restarts may begin with a small version again; one that was overtaken on its way
    // may not.
    let overtaken = now - known.lastHeard < .seconds(2)
    guard session.origin.version >= known.origin.version || !overtaken
    else { return false }
    // Another session's announcement, by a stranger, is not taken away with the key.
    if session.key.hash != 0, let other = identities[session.key], other != session.identity {
      guard entries[other]?.source == session.source else { return false }
      remove(other, because: .replaced)
    }
    var next = session
    next.firstHeard = known.firstHeard
    next.lastHeard = known.lastHeard
    next.period = known.period
    next.heard(at: now)
    take(known)
    insert(next)
    if next.payload != known.payload { tell(.changed(next.identity)) }
    return true
  }

  /// Takes a session out that its own source deletes.
  mutating func delete(_ packet: SAPPacket, from source: IPv4Address) {
    let identity =
      packet.key.hash != 0 ? identities[packet.key] : Self.identity(inDeletion: packet.payload)
    guard let identity, let entry = entries[identity] else {
      counts.ignored += 1
      // Somebody of whom nothing is known: perhaps one that asks who is there.
      if sources[source]?.sessions ?? 0 == 0 { tell(.newSource(source)) }
      return
    }
    guard entry.source == source, packet.key.hash != 0 || entry.key == packet.key else {
      counts.refused += 1
      return
    }
    remove(identity, because: .deleted)
    counts.accepted += 1
  }

  /// By the line `o=`, which is all that identifies a session whose announcements have identifier zero.
  private static func identity(inDeletion payload: [UInt8]) -> SessionIdentity? {
    for line in payload.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    where line.starts(with: "o=".utf8) {
      return Origin(Text.decoded(line.dropFirst(2)))?.identity
    }
    return nil
  }

  mutating func remove(_ identity: SessionIdentity, because reason: Reason) {
    guard let entry = entries[identity] else { return }
    take(entry)
    tell(.disappeared(identity, reason))
  }

  private mutating func insert(_ session: DiscoveredSession) {
    entries[session.identity] = session
    if session.key.hash != 0 { identities[session.key] = session.identity }
    sources[session.source]?.sessions += 1
    expect(session)
  }

  private mutating func take(_ session: DiscoveredSession) {
    entries[session.identity] = nil
    if identities[session.key] == session.identity { identities[session.key] = nil }
    sources[session.source]?.sessions -= 1
  }

  /// When the directory is full, the source with the most sessions gives one up, the one not heard for
  /// longest; but not for one more of its own.
  private mutating func makeRoom(for session: DiscoveredSession) -> Bool {
    guard entries.count >= settings.maximumSessions else { return true }
    guard let most = sources.max(by: { $0.value.sessions < $1.value.sessions }),
      most.value.sessions > (sources[session.source]?.sessions ?? 0) + 1
    else { return false }
    let theirs = entries.values.filter { $0.source == most.key }
    guard let oldest = theirs.min(by: { $0.lastHeard < $1.lastHeard }) else { return false }
    remove(oldest.identity, because: .crowdedOut)
    return true
  }
}
