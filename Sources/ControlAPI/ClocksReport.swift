// SPDX-License-Identifier: MIT

/// A clock that announces itself in the PTP domain, with what the best master clock algorithm compares; or this host's
/// own clock.
public struct HeardClockStatus: Codable, Equatable, Sendable {
  /// The clock whose time it distributes: itself, or its own grandmaster where it is a boundary clock.
  public var grandmaster: String
  /// The clock that sends.
  public var clockIdentity: String
  /// The port of that clock, from 1; 0 for this host.
  public var port: Int
  /// Whether it is this host's clock.
  public var isOwn: Bool
  /// Compared first: the lower wins.
  public var priority1: Int
  /// IEEE 1588-2008, table 5: 6 with a primary reference such as GPS, 248 without any.
  public var clockClass: Int
  /// Table 6: 0x20 within 25 ns, 0xFE unknown.
  public var clockAccuracy: Int
  /// Offset scaled log variance: the lower, the steadier.
  public var variance: Int
  /// Compared where everything before is equal.
  public var priority2: Int
  /// Boundary clocks between it and its grandmaster.
  public var stepsRemoved: Int
  /// Where its time comes from; table 7: 0x20 GPS, 0x40 PTP, 0x50 NTP, 0xA0 its own oscillator.
  public var timeSource: Int
  /// Since its last Announce message; nil for this host.
  public var lastHeardMilliseconds: Int64?
  /// Whether the election counts it: two Announces within four intervals. This host's own is not counted in mode slave.
  public var isCandidate: Bool
  /// Whether this host follows it.
  public var isFollowed: Bool
  /// Whether it wins the election among the clocks that are heard now.
  public var wins: Bool

  public init(
    grandmaster: String, clockIdentity: String, port: Int, isOwn: Bool, priority1: Int,
    clockClass: Int, clockAccuracy: Int, variance: Int, priority2: Int, stepsRemoved: Int,
    timeSource: Int, lastHeardMilliseconds: Int64?, isCandidate: Bool, isFollowed: Bool, wins: Bool
  ) {
    self.grandmaster = grandmaster
    self.clockIdentity = clockIdentity
    self.port = port
    self.isOwn = isOwn
    self.priority1 = priority1
    self.clockClass = clockClass
    self.clockAccuracy = clockAccuracy
    self.variance = variance
    self.priority2 = priority2
    self.stepsRemoved = stepsRemoved
    self.timeSource = timeSource
    self.lastHeardMilliseconds = lastHeardMilliseconds
    self.isCandidate = isCandidate
    self.isFollowed = isFollowed
    self.wins = wins
  }

  /// `GPS`, `NTP`, `internal oscillator`, or the number.
  public var timeSourceText: String {
    switch timeSource {
    case 0x10: "atomic clock"
    case 0x20: "GPS"
    case 0x30: "terrestrial radio"
    case 0x40: "PTP"
    case 0x50: "NTP"
    case 0x60: "set by hand"
    case 0x90: "other"
    case 0xA0: "internal oscillator"
    default: "\(timeSource)"
    }
  }
}

/// The clocks on the network, the best first: the answer of `/v1/clocks`.
public struct ClocksReport: Codable, Equatable, Sendable {
  /// Nil while PTP is off or has no network.
  public var domain: Int?
  /// Another domain in which a clock announces itself; the last one that was heard, nil for none.
  public var otherDomain: Int?
  /// Those of the last minute, and this host's own.
  public var clocks: [HeardClockStatus]

  public init(domain: Int? = nil, otherDomain: Int? = nil, clocks: [HeardClockStatus] = []) {
    self.domain = domain
    self.otherDomain = otherDomain
    self.clocks = clocks
  }
}
