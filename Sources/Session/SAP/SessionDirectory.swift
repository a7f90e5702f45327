// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// Who announces what on the network (RFC 2974; SAP-05 to SAP-08).
///
/// Sans-IO. A session is one by its line `o=`, whatever announcement carries it. Where that line tells nothing
/// apart, because a program writes the same for all or two announcements go on under it, its source and
/// destination do as well. A session belongs to the host that announced it first: SAP knows no authentication,
/// so others can neither change nor delete it while that one is heard. Everything that strangers can fill is
/// bounded, and what costs work is rationed, for each source and for all.
public struct SessionDirectory: Sendable {
  public struct Settings: Sendable {
    public var maximumSessions = 4_096
    public var maximumSources = 1_024
    /// Of all descriptions together.
    public var maximumBytes = 16 << 20
    /// A session is gone after ten periods, but not before this (SAP-07).
    public var shortestLife = Interval.seconds(300)
    /// And after this when it was heard once; announcers by the letter of RFC 2974 wait up to 400 s.
    public var unmeasuredLife = Interval.seconds(900)
    /// New descriptions that are read: at once, and a second.
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
    /// A host that announced nothing before announces something: it may not know our sessions yet.
    case newSource(IPv4Address)
    /// More happened than could be told one by one: look at all sessions again.
    case overflow
  }

  public enum Reason: Hashable, Sendable {
    case deleted
    /// Not heard for too long.
    case expired
    /// Its announcement carries another session, and has not carried this one for long.
    case replaced
    /// The directory is full, and its source has the most sessions.
    case crowdedOut
  }

  /// What happened to the packets; every one is in exactly one of these.
  public struct Counts: Hashable, Sendable {
    /// Our own, and questions.
    public var ignored = 0
    public var malformed = 0
    /// Announcements whose description could not be read.
    public var unreadable = 0
    /// Announcements of what was known already.
    public var repeated = 0
    /// That changed the directory.
    public var accepted = 0
    /// By others than the session's source, of an older version, or deletions that name no session clearly.
    public var refused = 0
    /// Over the rations.
    public var rationed = 0
    /// Of all these, those that came compressed.
    public var compressed = 0

    public var total: Int {
      ignored + malformed + unreadable + repeated + accepted + refused + rationed
    }
  }

  /// Why nothing is known of what somebody announces.
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

  /// An announcement that could not be read, to be shown to people who miss it.
  public struct Problem: Hashable, Sendable {
    public var source: IPv4Address
    public var error: Fault
    /// Of the description, counted from 1; 0 when the whole is meant, nil when none was read.
    public var line: Int? {
      guard case .description(let error) = error else { return nil }
      return error.line
    }
    public var lastHeard: MonotonicInstant
  }

  /// An announcement to the byte, as far as a digest tells.
  struct Wording: Hashable {
    var key: AnnouncementKey
    var digest: UInt64
  }

  struct Source {
    var sessions = 0
    /// Of all its descriptions.
    var bytes = 0
    var ration: TokenBucket
    var lastHeard: MonotonicInstant
  }

  /// What `Announcer.keys` says.
  public var own: Set<AnnouncementKey> = []
  public internal(set) var counts = Counts()
  public internal(set) var lastProblem: Problem?

  let settings: Settings
  var entries: [SessionIdentity: DiscoveredSession] = [:]
  /// The sessions of each announcement: more than one where a program gives all of its own the same identifier.
  var carried: [AnnouncementKey: Set<SessionIdentity>] = [:]
  var wordings: [Wording: SessionIdentity] = [:]
  var sources: [IPv4Address: Source] = [:]
  /// Of all descriptions.
  var bytes = 0
  private var ration: TokenBucket
  private var actions: [Action] = []
  private var taken = 0
  /// No session ends before this.
  private var nextEnd: MonotonicInstant?

  public init(settings: Settings = Settings(), at now: MonotonicInstant) {
    self.settings = settings
    ration = TokenBucket(burst: settings.burst, perSecond: max(1, settings.perSecond))
  }

  public var count: Int { entries.count }
  public var sessions: Dictionary<SessionIdentity, DiscoveredSession>.Values { entries.values }
  public subscript(identity: SessionIdentity) -> DiscoveredSession? { entries[identity] }

  /// What cannot be read, while somebody may still announce it.
  public func problem(at now: MonotonicInstant) -> Problem? {
    lastProblem.flatMap { now - $0.lastHeard < settings.unmeasuredLife ? $0 : nil }
  }

  /// When `advance` may have something to do next.
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

  /// Forgets what was not heard for too long.
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

  /// Takes what arrived at one of the announcement groups.
  public mutating func receive(
    _ bytes: [UInt8], from source: IPv4Address, at now: MonotonicInstant, inflate: Inflate
  ) {
    // Everything that must be expanded is rationed before that; the rest once it proves new.
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
    // RFC 2974 (6) allows no such announcement, and PipeWire sends nothing else unless it is told its address.
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

  /// Returns true if the announcement is known to the byte. Identifier zero says nothing, so it never is.
  private mutating func repeats(
    _ packet: SAPPacket, from source: IPv4Address, at now: MonotonicInstant
  ) -> Bool {
    let wording = Wording(key: packet.key, digest: Digest.of(packet.payload))
    guard packet.key.hash != 0, let identity = wordings[wording], var entry = entries[identity],
      entry.source == source, entry.payload == packet.payload
    else { return false }
    entry.heard(at: now)
    entries[identity] = entry
    // With a period known it may end sooner than it would have without.
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

  /// Returns true if more than one session is announced under the identifier. Identifier zero says nothing.
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
    // Whoever listens takes actions at once; this is for one that does not.
    if actions.count >= 2 * settings.maximumSessions {
      actions = [.overflow]
      taken = 0
    } else {
      actions.append(action)
    }
  }
}
