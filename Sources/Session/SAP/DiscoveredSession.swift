// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// A session that somebody announces.
///
/// The description is kept as it came: read, a hostile one would take ten times the memory.
public struct DiscoveredSession: Hashable, Sendable {
  /// By what it is told apart from all others.
  public internal(set) var identity: SessionIdentity
  public var origin: Origin
  /// Of the session; what it is called where that says nothing.
  public var name: String
  /// SDP that was read without error once.
  public var payload: [UInt8]
  public var key: AnnouncementKey
  /// The host whose packet said so: it alone may change or delete the session.
  public var source: IPv4Address
  public var firstHeard: MonotonicInstant
  public var lastHeard: MonotonicInstant
  /// Between announcements; nil until two were heard.
  public var period: Interval?
  /// Where its first section goes.
  var destination: String
  /// Of the payload.
  var digest: UInt64
  /// The digest of another session's announcement under this identity that was refused, because it might have
  /// been this one's own, overtaken on its way.
  var doubted: UInt64?

  /// - Throws: why `packet` does not describe a session.
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

  /// Announcements closer than this are the quick ones of a beginning, which tell no period.
  private static let quickest = Interval.seconds(5)
  /// The longest that RFC 2974 lets a listener wait for tells of nothing longer.
  private static let longestPeriod = Interval.seconds(3_600)

  /// Takes note of one more announcement. A longer period than thought is believed at once, since that
  /// keeps the session; a shorter one by and by.
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

  /// When it is taken for gone (SAP-07).
  ///
  /// - Parameter isShared: true if another session is announced under the same identifier. It may have taken
  ///   the place of this one, which is then not waited for as long.
  func end(_ settings: SessionDirectory.Settings, isShared: Bool) -> MonotonicInstant {
    if isShared {
      let timeout = period.map { Interval(nanoseconds: 3 * $0.nanoseconds) }
      return lastHeard + (timeout.map { max(.seconds(60), $0) } ?? settings.shortestLife)
    }
    guard let period else { return lastHeard + settings.unmeasuredLife }
    return lastHeard + max(settings.shortestLife, Interval(nanoseconds: 10 * period.nanoseconds))
  }

  /// Returns true if its own source has been silent for so long that another may speak for it.
  func isSilent(at now: MonotonicInstant) -> Bool {
    let timeout = Interval(nanoseconds: 2 * (period ?? .seconds(30)).nanoseconds)
    return now - lastHeard >= max(.seconds(60), timeout)
  }
}

extension SessionDescription {
  /// Where its first section goes, such as `239.69.1.1:5004`; empty without one.
  var destination: String {
    guard let first = media.first else { return "" }
    let address = (first.connections.first ?? connection)?.address.text ?? ""
    return "\(address):\(first.port)"
  }
}
