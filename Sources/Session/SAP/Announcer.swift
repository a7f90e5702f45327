// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock
internal import SeededRandom

/// The reason why a session cannot be announced.
public enum AnnouncementError: Error, Hashable, Sendable, CustomStringConvertible {
  case origin(String)
  case tooLong(bytes: Int, maximum: Int)

  public var description: String {
    switch self {
    case .origin(let address):
      "a session must be announced from an IPv4 address; \(address) is not one"
    case .tooLong(let bytes, let maximum):
      "the announcement has \(bytes) bytes and must fit in \(maximum): announce fewer streams in one"
    }
  }
}

/// Announces our sessions on the network (RFC 2974; SAP-01 to SAP-04, SAP-09).
///
/// Sans-IO: `nextAction` returns datagrams, and `advance` takes the time. A session is announced at once, twice
/// more in quick succession, and then at a fixed interval with some jitter. If a session changes, each of its
/// quick announcements follows a deletion of the old form, in this order: a listener that confuses the two
/// still ends with the new one.
public struct Announcer: Sendable {
  public struct Settings: Sendable {
    public var interval = Interval.seconds(30)
    /// The jitter in either direction, so that hosts that started together do not stay together.
    public var dither = Interval.seconds(1)
    /// The number of quick announcements of a session, or deletions after a change, before the interval begins.
    public var quickCount = 3
    public var quickSpacing = Interval.seconds(1)
    /// The time between the deletions of a session that ends; a daemon that stops waits for all of them.
    public var farewellSpacing = Interval.milliseconds(50)
    /// The minimum time between two introductions to new hosts, and the maximum delay of each.
    public var introductionSpacing = Interval.seconds(5)
    public var introductionDither = Interval.milliseconds(500)
    /// The maximum size of a datagram, which must not be fragmented.
    public var maximumPacket = 1_452
    /// The size that simple receivers can read; above it, channel names are left out (SAP-10, SDP-16).
    public var modestPacket = 1_000

    public init() {}
  }

  private struct Announcement {
    var stamp: SessionStamp
    var packet: SAPPacket
    var quickLeft: Int
    var next: MonotonicInstant
  }

  private struct Farewell {
    var packet: SAPPacket
    var left: Int
    var spacing: Interval
    var next: MonotonicInstant
  }

  private let settings: Settings
  private var random: SeededGenerator
  /// The announcements by the origin's identifier.
  private var announcements: [String: Announcement] = [:]
  private var remembered: [String: SessionStamp] = [:]
  private var farewells: [Farewell] = []
  private var introduction: MonotonicInstant?
  private var lastIntroduction: MonotonicInstant?
  private var outbox: [[UInt8]] = []

  /// `stamps` are those of the last run, as returned by `stamps`.
  public init(settings: Settings = Settings(), seed: UInt64, stamps: [SessionStamp] = []) {
    self.settings = settings
    random = SeededGenerator(seed: seed)
    for stamp in stamps { remembered[stamp.identifier] = stamp }
  }

  /// The stamps to be kept across restarts.
  public var stamps: [SessionStamp] { remembered.values.sorted { $0.identifier < $1.identifier } }

  /// The keys that identify our own announcements when we receive them (SAP-08).
  public var keys: Set<AnnouncementKey> { Set(announcements.values.map(\.packet.key)) }

  /// Announces a session, or its new form; the origin's identifier identifies the session. The version is set
  /// here. Returns the description as it is announced. Announcing the same again changes nothing.
  @discardableResult
  public mutating func announce(
    _ description: SessionDescription, at now: MonotonicInstant
  ) throws(AnnouncementError) -> SessionDescription {
    guard let address = description.origin.address.ip4 else {
      throw .origin(description.origin.address.text)
    }
    let header = SAPPacket(
      isDeletion: false, key: AnnouncementKey(origin: .ip4(address), hash: 0), payload: []
    ).bytes.count
    var stamped = description.shortened(to: settings.modestPacket - header)
    let identifier = description.origin.identifier
    let stamp = SessionStamp(stamped, after: remembered[identifier])
    stamped.origin.version = stamp.version
    let bytes = stamped.bytes
    guard header + bytes.count <= settings.maximumPacket else {
      throw .tooLong(bytes: header + bytes.count, maximum: settings.maximumPacket)
    }
    let old = announcements[identifier]
    if let old, old.stamp == stamp { return stamped }

    if let old { bidFarewell(old.packet, spacing: settings.quickSpacing, at: now) }
    announcements[identifier] = nil
    let key = AnnouncementKey(
      origin: .ip4(address), hash: freeHash(for: bytes, origin: .ip4(address)))
    farewells.removeAll { $0.packet.key == key }
    remembered[identifier] = stamp
    announcements[identifier] = Announcement(
      stamp: stamp, packet: SAPPacket(isDeletion: false, key: key, payload: bytes),
      quickLeft: settings.quickCount, next: now)
    return stamped
  }

  /// Deletes a session, if it is announced.
  public mutating func withdraw(_ identifier: String, at now: MonotonicInstant) {
    guard let old = announcements.removeValue(forKey: identifier) else { return }
    bidFarewell(old.packet, spacing: settings.farewellSpacing, at: now)
  }

  /// Deletes all sessions. Once `deadline` is nil, all deletions have been sent.
  public mutating func withdrawAll(at now: MonotonicInstant) {
    for identifier in announcements.keys.sorted() { withdraw(identifier, at: now) }
    for index in farewells.indices { farewells[index].spacing = settings.farewellSpacing }
    introduction = nil
  }

  /// Introduces our sessions to a new host, before the interval ends. This happens rarely, however many hosts
  /// appear, and hosts do not answer at once.
  public mutating func introduce(at now: MonotonicInstant) {
    guard introduction == nil, !announcements.isEmpty else { return }
    let earliest = lastIntroduction.map { $0 + settings.introductionSpacing } ?? now
    let delay = Int64.random(in: 0...settings.introductionDither.nanoseconds, using: &random)
    introduction = max(now, earliest) + Interval(nanoseconds: delay)
  }

  /// Asks other hosts for their announcements, on behalf of a host that may have nothing to announce. SAP has
  /// no request. The deletion of a session that never existed acts as one for hosts that introduce themselves
  /// to new hosts; all others ignore it (RFC 2974, 4).
  public mutating func inquire(from address: IPv4Address) {
    let key = AnnouncementKey(
      origin: .ip4(address), hash: .random(in: 1 ... .max, using: &random))
    let origin = Origin(identifier: 0, version: 0, address: HostAddress(address))
    outbox.append(
      SAPPacket(isDeletion: true, key: key, payload: Array("o=\(origin.value)\r\n".utf8)).bytes)
  }

  /// The time of the next call of `advance`.
  public var deadline: MonotonicInstant? {
    var times = announcements.values.map(\.next) + farewells.map(\.next)
    if let introduction { times.append(introduction) }
    return times.min()
  }

  public mutating func advance(to now: MonotonicInstant) {
    for index in farewells.indices where farewells[index].next <= now {
      outbox.append(farewells[index].packet.bytes)
      farewells[index].left -= 1
      farewells[index].next = now + farewells[index].spacing
    }
    farewells.removeAll { $0.left <= 0 }
    if let due = introduction, due <= now {
      introduction = nil
      lastIntroduction = now
      for identifier in announcements.keys { announcements[identifier]?.next = now }
    }
    for identifier in announcements.keys.sorted() {
      guard var announcement = announcements[identifier], announcement.next <= now else { continue }
      outbox.append(announcement.packet.bytes)
      announcement.quickLeft = max(0, announcement.quickLeft - 1)
      announcement.next =
        now + (announcement.quickLeft > 0 ? settings.quickSpacing : ditheredInterval())
      announcements[identifier] = announcement
    }
  }

  /// The next datagram for every announcement group; nil if there is none now.
  public mutating func nextAction() -> [UInt8]? {
    outbox.isEmpty ? nil : outbox.removeFirst()
  }

  private mutating func bidFarewell(
    _ packet: SAPPacket, spacing: Interval, at now: MonotonicInstant
  ) {
    let origin = packet.payload.split(separator: UInt8(ascii: "\n")).first {
      $0.starts(with: "o=".utf8)
    }
    let deletion = SAPPacket(
      isDeletion: true, key: packet.key, payload: Array(origin ?? []) + [UInt8(ascii: "\n")])
    farewells.append(
      Farewell(packet: deletion, left: settings.quickCount, spacing: spacing, next: now))
  }

  private mutating func ditheredInterval() -> Interval {
    let dither = settings.dither.nanoseconds
    return settings.interval + Interval(nanoseconds: .random(in: -dither...dither, using: &random))
  }

  /// A message hash that follows from the text, so that it changes with the text and with nothing else. It is
  /// never zero, and different for all of ours (SAP-02).
  private func freeHash(for bytes: [UInt8], origin: SAPOrigin) -> UInt16 {
    let digest = Digest.of(bytes)
    var hash = UInt16(truncatingIfNeeded: digest ^ digest >> 16 ^ digest >> 32 ^ digest >> 48)
    while hash == 0 || keys.contains(AnnouncementKey(origin: origin, hash: hash)) { hash &+= 1 }
    return hash
  }
}
