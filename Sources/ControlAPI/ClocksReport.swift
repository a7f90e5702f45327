// SPDX-License-Identifier: MIT

/// A clock that announces itself in the PTP domain, with the values that the best master clock algorithm
/// compares; or this host's own clock.
public struct HeardClockStatus: Codable, Equatable, Sendable {
  /// The clock whose time it distributes: itself, or the grandmaster of a boundary clock.
  public var grandmaster: String
  /// The clock that sends the Announce messages.
  public var clockIdentity: String
  /// The port of that clock, from 1; 0 for this host.
  public var port: Int
  /// True for this host's clock.
  public var isOwn: Bool
  /// The value that is compared first; the lower one wins.
  public var priority1: Int
  /// The clock class (IEEE 1588-2008, table 5): 6 with a primary reference such as GPS, 248 without any.
  public var clockClass: Int
  /// The clock accuracy (table 6): 0x20 within 25 ns, 0xFE unknown.
  public var clockAccuracy: Int
  /// The offset scaled log variance; the lower, the more stable.
  public var variance: Int
  /// The value that is compared if all others are equal.
  public var priority2: Int
  /// The number of boundary clocks between it and its grandmaster.
  public var stepsRemoved: Int
  /// The time source (table 7): 0x20 GPS, 0x40 PTP, 0x50 NTP, 0xA0 its own oscillator.
  public var timeSource: Int
  /// The time since its last Announce message; nil for this host.
  public var lastHeardMilliseconds: Int64?
  /// True if the election includes it: two Announces within four intervals. This host's own clock is not
  /// included in mode slave.
  public var isCandidate: Bool
  /// True if this host follows it.
  public var isFollowed: Bool
  /// True if it wins the election among the clocks that are received now.
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
  /// The PTP domain; nil while PTP is off or has no network.
  public var domain: Int?
  /// Another domain in which a clock announces itself: the last one that was received, nil for none.
  public var otherDomain: Int?
  /// The clocks that were received in the last minute, and this host's own.
  public var clocks: [HeardClockStatus]

  public init(domain: Int? = nil, otherDomain: Int? = nil, clocks: [HeardClockStatus] = []) {
    self.domain = domain
    self.otherDomain = otherDomain
    self.clocks = clocks
  }
}
