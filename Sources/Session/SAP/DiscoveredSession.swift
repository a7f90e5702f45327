// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// A session that somebody announces.
///
/// The description is kept as it came: read, a hostile one would take ten times the memory.
public struct DiscoveredSession: Hashable, Sendable {
  public var origin: Origin
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

  public var identity: SessionIdentity { origin.identity }

  public func description() throws(SDPError) -> SessionDescription {
    try SessionDescription(parsing: payload[...])
  }

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
  func end(_ settings: SessionDirectory.Settings) -> MonotonicInstant {
    guard let period else { return lastHeard + settings.unmeasuredLife }
    return lastHeard + max(settings.shortestLife, Interval(nanoseconds: 10 * period.nanoseconds))
  }

  /// Returns true if its own source has been silent for so long that another may speak for it.
  func isSilent(at now: MonotonicInstant) -> Bool {
    let timeout = Interval(nanoseconds: 2 * (period ?? .seconds(30)).nanoseconds)
    return now - lastHeard >= max(.seconds(60), timeout)
  }
}
