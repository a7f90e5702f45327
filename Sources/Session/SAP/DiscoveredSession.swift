// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// An announced session.
///
/// The description is kept as bytes: parsed, a hostile one would take ten times the memory.
public struct DiscoveredSession: Hashable, Sendable {
  /// The identity that distinguishes it from all other sessions.
  public internal(set) var identity: SessionIdentity
  public var origin: Origin
  /// The name of the session, or a substitute if it has none.
  public var name: String
  /// The SDP, which was parsed without error once.
  public var payload: [UInt8]
  public var key: AnnouncementKey
  /// The host that announced it, and which alone may change or delete it.
  public var source: IPv4Address
  public var firstHeard: MonotonicInstant
  public var lastHeard: MonotonicInstant
  /// The time between announcements; nil until two were received.
  public var period: Interval?
  /// The destination of its first media section.
  var destination: String
  /// The digest of the payload.
  var digest: UInt64
  /// The digest of a refused announcement under this identity: it may belong to another session, or be an older
  /// one of this session that was overtaken.
  var doubted: UInt64?

  /// - Throws: the reason why `packet` does not describe a session.
  init(_ packet: SAPPacket, from source: IPv4Address, at now: MonotonicInstant) throws(SDPError) {
    let description = try SessionDescription(parsing: packet.payload[...])
    identity = description.origin.identity
    origin = description.origin
    name = description.title
    payload = packet.payload
    key = packet.key
    self.source = source
    firstHeard = now
    lastHeard = now
    destination = description.destination
    digest = Digest.of(packet.payload)
  }

  public func reading() throws(SDPError) -> SessionReading { try SessionReading(parsing: payload) }

  /// Announcements in quicker succession are the first ones of a session, which do not show its period.
  private static let quickest = Interval.seconds(5)
  /// The longest period; RFC 2974 lets no listener wait longer.
  private static let longestPeriod = Interval.seconds(3_600)

  /// Notes one more announcement. A longer period is accepted at once, because it keeps the session; a shorter
  /// one gradually.
  mutating func heard(at now: MonotonicInstant) {
    let passed = now - lastHeard
    lastHeard = max(lastHeard, now)
    guard passed >= Self.quickest else { return }
    let interval = min(passed, Self.longestPeriod)
    guard let period, interval < period else {
      period = interval
      return
    }
    self.period = Interval(
      nanoseconds: (3 * period.nanoseconds + interval.nanoseconds) / 4)
  }

  /// The time at which the session expires (SAP-07).
  ///
  /// - Parameter isShared: true if another session is announced under the same identifier. It may have replaced
  ///   this one, which then expires sooner.
  func end(_ settings: SessionDirectory.Settings, isShared: Bool) -> MonotonicInstant {
    if isShared {
      let timeout = period.map { Interval(nanoseconds: 3 * $0.nanoseconds) }
      return lastHeard + (timeout.map { max(.seconds(60), $0) } ?? settings.shortestLife)
    }
    guard let period else { return lastHeard + settings.unmeasuredLife }
    return lastHeard + max(settings.shortestLife, Interval(nanoseconds: 10 * period.nanoseconds))
  }

  /// Returns true if its own source has been silent for so long that another host may announce it.
  func isSilent(at now: MonotonicInstant) -> Bool {
    let timeout = Interval(nanoseconds: 2 * (period ?? .seconds(30)).nanoseconds)
    return now - lastHeard >= max(.seconds(60), timeout)
  }
}

extension SessionDescription {
  /// The destination of its first media section, such as `239.69.1.1:5004`; empty if there is none.
  var destination: String {
    guard let first = media.first else { return "" }
    let address = (first.connections.first ?? connection)?.address.text ?? ""
    return "\(address):\(first.port)"
  }
}
