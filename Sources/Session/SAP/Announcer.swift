// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock
internal import SeededRandom

/// Why a session cannot be announced.
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

/// Tells the network about our sessions (RFC 2974; SAP-01 to SAP-04, SAP-09).
///
/// Sans-IO: datagrams come out of `nextAction`, and time goes into `advance`. A session is announced at
/// once, twice more quickly, and then for ever at a fixed interval with a little dither. Where one
/// changes, each of its quick announcements follows a deletion of the old form, in this order: a
/// listener that confuses the two still ends with the new one.
public struct Announcer: Sendable {
  public struct Settings: Sendable {
    public var interval = Interval.seconds(30)
    /// Either way; hosts that started together do not stay together.
    public var dither = Interval.seconds(1)
    /// How often a session is announced, or deleted after a change, before the interval begins.
    public var quickCount = 3
    public var quickSpacing = Interval.seconds(1)
    /// Between the deletions of what ends: a daemon that stops waits for all of them.
    public var farewellSpacing = Interval.milliseconds(50)
    /// Least time between two introductions to newcomers, and the most each is put off.
    public var introductionSpacing = Interval.seconds(5)
    public var introductionDither = Interval.milliseconds(500)
    /// Of a whole datagram; it may not be fragmented.
    public var maximumPacket = 1_452
    /// What weak receivers read; names of channels are left out above it (SAP-10, SDP-16).
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
  /// By the origin's identifier.
  private var announcements: [String: Announcement] = [:]
  private var remembered: [String: SessionStamp] = [:]
  private var farewells: [Farewell] = []
  private var introduction: MonotonicInstant?
  private var lastIntroduction: MonotonicInstant?
  private var outbox: [[UInt8]] = []

  /// `stamps` are those of the last run, as `stamps` gave them.
  public init(settings: Settings = Settings(), seed: UInt64, stamps: [SessionStamp] = []) {
    self.settings = settings
    random = SeededGenerator(seed: seed)
    for stamp in stamps { remembered[stamp.identifier] = stamp }
  }

  /// To be kept across restarts.
  public var stamps: [SessionStamp] { remembered.values.sorted { $0.identifier < $1.identifier } }

  /// By what our own announcements are known when we hear them (SAP-08).
  public var keys: Set<AnnouncementKey> { Set(announcements.values.map(\.packet.key)) }

  /// Announces a session, or its new form; the origin's identifier says which session it is. The
  /// version is set here. Returns the description as it is announced; the same again changes nothing.
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

  /// Deletes all; when `deadline` is nil, everything is said.
  public mutating func withdrawAll(at now: MonotonicInstant) {
    for identifier in announcements.keys.sorted() { withdraw(identifier, at: now) }
    for index in farewells.indices { farewells[index].spacing = settings.farewellSpacing }
    introduction = nil
  }

  /// Somebody new is there, who need not wait for our interval to end. However many come, this happens
  /// rarely, and hosts do not answer all at once.
  public mutating func introduce(at now: MonotonicInstant) {
    guard introduction == nil, !announcements.isEmpty else { return }
    let earliest = lastIntroduction.map { $0 + settings.introductionSpacing } ?? now
    let delay = Int64.random(in: 0...settings.introductionDither.nanoseconds, using: &random)
    introduction = max(now, earliest) + Interval(nanoseconds: delay)
  }

  /// Asks who is there, for a host that need not have anything to announce: SAP has no question, but the
  /// deletion of a session that never was is one to those who introduce themselves to newcomers, and
  /// nothing to all others (RFC 2974, 4).
  public mutating func inquire(from address: IPv4Address) {
    let key = AnnouncementKey(
      origin: .ip4(address), hash: .random(in: 1 ... .max, using: &random))
    let origin = Origin(identifier: 0, version: 0, address: HostAddress(address))
    outbox.append(
      SAPPacket(isDeletion: true, key: key, payload: Array("o=\(origin.value)\r\n".utf8)).bytes)
  }

  /// When `advance` has something to do next.
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

  /// The next datagram to send to every announcement group; nil when there is none for now.
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

  /// Follows from the text, so that it changes with that and with nothing else; but never zero, and no
  /// two of ours alike (SAP-02).
  private func freeHash(for bytes: [UInt8], origin: SAPOrigin) -> UInt16 {
    let digest = Digest.of(bytes)
    var hash = UInt16(truncatingIfNeeded: digest ^ digest >> 16 ^ digest >> 32 ^ digest >> 48)
    while hash == 0 || keys.contains(AnnouncementKey(origin: origin, hash: hash)) { hash &+= 1 }
    return hash
  }
}
