// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// The sessions that are announced on the network (RFC 2974; SAP-05 to SAP-08).
///
/// Sans-IO. A session is identified by its line `o=`, whatever announcement carries it. If that line is not
/// unique, because a program writes the same one for all sessions or two concurrent announcements have it, the
/// source and the destination are part of the identity. A session belongs to the host that announced it first:
/// SAP has no authentication, so that other hosts can neither change nor delete it while that host is active.
/// Everything that strangers can fill is limited in size, and work that they can cause is limited in rate, for
/// each source and in total.
public struct SessionDirectory: Sendable {
  public struct Settings: Sendable {
    public var maximumSessions = 4_096
    public var maximumSources = 1_024
    /// The maximum size of all descriptions together.
    public var maximumBytes = 16 << 20
    /// The minimum lifetime of a session, which expires after ten periods (SAP-07).
    public var shortestLife = Interval.seconds(300)
    /// The lifetime of a session that was received once; announcers that follow RFC 2974 literally wait up to
    /// 400 s.
    public var unmeasuredLife = Interval.seconds(900)
    /// The new descriptions that are read at once, and per second.
    public var burst: Int64 = 8_192
    public var perSecond: Int64 = 500
    public var sourceBurst: Int64 = 4_096
    public var sourcePerSecond: Int64 = 50

    public init() {}
  }

  public enum Action: Hashable, Sendable {
    case appeared(SessionIdentity)
    case changed(SessionIdentity)
    case disappeared(SessionIdentity, Reason)
    /// A host without announcements has begun to announce: it may not know our sessions yet.
    case newSource(IPv4Address)
    /// More has happened than can be reported one by one: read all sessions again.
    case overflow
  }

  public enum Reason: Hashable, Sendable {
    case deleted
    /// It was not received for too long.
    case expired
    /// Its announcement now carries another session, and has not carried this one for long.
    case replaced
    /// The directory is full, and its source has the most sessions.
    case crowdedOut
  }

  /// The packets by result; every packet is in exactly one of these.
  public struct Counts: Hashable, Sendable {
    /// Our own packets, and requests.
    public var ignored = 0
    public var malformed = 0
    /// Announcements whose description could not be parsed.
    public var unreadable = 0
    /// Announcements without anything new.
    public var repeated = 0
    /// Announcements that changed the directory.
    public var accepted = 0
    /// Announcements by hosts other than the session's source or of an older version, and deletions that do not
    /// identify a session clearly.
    public var refused = 0
    /// Packets above the rate limits.
    public var rationed = 0
    /// The compressed ones of all these.
    public var compressed = 0

    public var total: Int {
      ignored + malformed + unreadable + repeated + accepted + refused + rationed
    }
  }

  /// The reason why an announcement could not be read.
  public enum Fault: Hashable, Sendable, CustomStringConvertible {
    case announcement(SAPError)
    case description(SDPError)

    public var description: String {
      switch self {
      case .announcement(let error): error.description
      case .description(let error): error.description
      }
    }
  }

  /// An announcement that could not be read, for users who miss it.
  public struct Problem: Hashable, Sendable {
    public var source: IPv4Address
    public var error: Fault
    /// The line of the description, counted from 1; 0 for the whole text, nil if no text was read.
    public var line: Int? {
      guard case .description(let error) = error else { return nil }
      return error.line
    }
    public var lastHeard: MonotonicInstant
  }

  /// The exact content of an announcement, as far as a digest distinguishes it.
  struct Wording: Hashable {
    var key: AnnouncementKey
    var digest: UInt64
  }

  struct Source {
    var sessions = 0
    /// The size of all its descriptions.
    var bytes = 0
    var ration: TokenBucket
    var lastHeard: MonotonicInstant
  }

  /// The keys of our own announcements, from `Announcer.keys`.
  public var own: Set<AnnouncementKey> = []
  public internal(set) var counts = Counts()
  public internal(set) var lastProblem: Problem?

  let settings: Settings
  var entries: [SessionIdentity: DiscoveredSession] = [:]
  /// The sessions of each announcement: more than one if a program uses the same identifier for all of its
  /// sessions.
  var carried: [AnnouncementKey: Set<SessionIdentity>] = [:]
  var wordings: [Wording: SessionIdentity] = [:]
  var sources: [IPv4Address: Source] = [:]
  /// The size of all descriptions.
  var bytes = 0
  private var ration: TokenBucket
  private var actions: [Action] = []
  private var taken = 0
  /// The earliest time at which a session can expire.
  private var nextEnd: MonotonicInstant?

  public init(settings: Settings = Settings(), at now: MonotonicInstant) {
    self.settings = settings
    ration = TokenBucket(burst: settings.burst, perSecond: max(1, settings.perSecond))
  }

  public var count: Int { entries.count }
  public var sessions: Dictionary<SessionIdentity, DiscoveredSession>.Values { entries.values }
  public subscript(identity: SessionIdentity) -> DiscoveredSession? { entries[identity] }

  /// The last unreadable announcement, as long as it may still be announced.
  public func problem(at now: MonotonicInstant) -> Problem? {
    lastProblem.flatMap { now - $0.lastHeard < settings.unmeasuredLife ? $0 : nil }
  }

  /// The time of the next call of `advance`.
  public var deadline: MonotonicInstant? { nextEnd }

  public mutating func nextAction() -> Action? {
    guard taken < actions.count else {
      actions.removeAll(keepingCapacity: true)
      taken = 0
      return nil
    }
    taken += 1
    return actions[taken - 1]
  }

  /// Removes expired sessions.
  public mutating func advance(to now: MonotonicInstant) {
    guard let due = nextEnd, due <= now else { return }
    nextEnd = nil
    for (identity, entry) in entries {
      let end = end(of: entry)
      if end <= now {
        remove(identity, because: isShared(entry.key) ? .replaced : .expired)
      } else {
        nextEnd = min(nextEnd ?? end, end)
      }
    }
    sources = sources.filter { $0.value.sessions > 0 }
  }

  /// Takes a datagram of one of the announcement groups.
  public mutating func receive(
    _ bytes: [UInt8], from source: IPv4Address, at now: MonotonicInstant, inflate: Inflate
  ) {
    // Compressed packets are rate-limited before they are expanded; others once they prove new.
    let isCompressed = bytes.first.map { $0 & 1 == 1 } ?? false
    if isCompressed { counts.compressed += 1 }
    if isCompressed, !mayWork(for: source, at: now) {
      counts.rationed += 1
      return
    }
    var packet: SAPPacket
    do {
      packet = try SAPPacket(parsing: bytes, inflate: inflate)
    } catch {
      counts.malformed += 1
      lastProblem = Problem(source: source, error: .announcement(error), lastHeard: now)
      return
    }
    // RFC 2974 (6) forbids such announcements, but PipeWire sends only these unless its address is configured.
    if packet.key.origin.isZero { packet.key.origin = .ip4(source) }
    guard !own.contains(packet.key) else {
      counts.ignored += 1
      return
    }
    if packet.isDeletion { return delete(packet, from: source) }

    if repeats(packet, from: source, at: now) {
      counts.repeated += 1
      return
    }
    if !isCompressed, !mayWork(for: source, at: now) {
      counts.rationed += 1
      return
    }
    do {
      let session = try DiscoveredSession(packet, from: source, at: now)
      if accept(session, at: now) { counts.accepted += 1 } else { counts.refused += 1 }
    } catch {
      counts.unreadable += 1
      lastProblem = Problem(source: source, error: .description(error), lastHeard: now)
    }
  }

  /// Returns true if exactly this announcement is known already. Never true for identifier zero, which has no
  /// meaning.
  private mutating func repeats(
    _ packet: SAPPacket, from source: IPv4Address, at now: MonotonicInstant
  ) -> Bool {
    let wording = Wording(key: packet.key, digest: Digest.of(packet.payload))
    guard packet.key.hash != 0, let identity = wordings[wording], var entry = entries[identity],
      entry.source == source, entry.payload == packet.payload
    else { return false }
    entry.heard(at: now)
    entries[identity] = entry
    // With a known period it may expire sooner than without.
    expect(entry)
    return true
  }

  private mutating func mayWork(for source: IPv4Address, at now: MonotonicInstant) -> Bool {
    if sources[source] == nil {
      if sources.count >= settings.maximumSources { forgetIdleSource() }
      guard sources.count < settings.maximumSources else { return false }
      let ration = TokenBucket(
        burst: settings.sourceBurst, perSecond: max(1, settings.sourcePerSecond))
      sources[source] = Source(ration: ration, lastHeard: now)
    }
    sources[source]?.lastHeard = now
    guard sources[source]?.ration.take(at: now) == true else { return false }
    return ration.take(at: now)
  }

  private mutating func forgetIdleSource() {
    let idle = sources.filter { $0.value.sessions == 0 }
    let oldest = idle.min { $0.value.lastHeard < $1.value.lastHeard }
    if let oldest { sources[oldest.key] = nil }
  }

  /// Returns true if more than one session is announced under the identifier. Identifier zero has no meaning.
  func isShared(_ key: AnnouncementKey) -> Bool {
    key.hash != 0 && (carried[key]?.count ?? 0) > 1
  }

  private func end(of session: DiscoveredSession) -> MonotonicInstant {
    session.end(settings, isShared: isShared(session.key))
  }

  mutating func expect(_ session: DiscoveredSession) {
    let end = end(of: session)
    nextEnd = min(nextEnd ?? end, end)
  }

  mutating func report(_ action: Action) {
    // Actions are normally taken at once; this is for a caller that does not.
    if actions.count >= 2 * settings.maximumSessions {
      actions = [.overflow]
      taken = 0
    } else {
      actions.append(action)
    }
  }
}
