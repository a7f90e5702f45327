// SPDX-License-Identifier: MIT

/// Why settings are not within their profile.
public enum SettingsError: Error, Equatable, Sendable {
  case outOfRange(name: String, value: Int, range: ClosedRange<Int>)
}

/// What an ordinary clock is told at its start.
public struct Settings: Hashable, Sendable {
  /// Whether this clock may be master.
  public enum Mode: String, CaseIterable, Sendable {
    /// Grandmaster only where nobody else is: priority1 is 255.
    case auto
    /// Takes part in elections as an equal: priority1 is 128.
    case master
    /// Never sends an Announce or a Sync.
    case slave
  }

  public var profile: Profile
  public var mode: Mode
  public var clockIdentity: ClockIdentity
  public var domainNumber: Int
  public var priority1: Int
  public var priority2: Int
  public var logAnnounceInterval: Int
  public var announceReceiptTimeout: Int
  public var logSyncInterval: Int
  public var logMinDelayReqInterval: Int
  /// How good the host's own clock is, for elections; slaves say 255 whatever is here (9.2.2).
  public var clockQuality: ClockQuality
  /// The time scale that we announce as long as we have it from nobody else.
  public var timeProperties: TimePropertiesDataSet
  public var timestamps: TimestampClass

  /// The profile's values, with those of a free-running system clock (GM-07, GM-04).
  public init(profile: Profile = .aes67, mode: Mode = .auto, clockIdentity: ClockIdentity) {
    self.profile = profile
    self.mode = mode
    self.clockIdentity = clockIdentity
    domainNumber = profile.domainNumber.initial
    priority1 = mode == .master ? 128 : 255
    priority2 = 128
    logAnnounceInterval = profile.logAnnounceInterval.initial
    announceReceiptTimeout = profile.announceReceiptTimeout.initial
    logSyncInterval = profile.logSyncInterval.initial
    logMinDelayReqInterval = profile.logMinDelayReqInterval.initial
    clockQuality = ClockQuality(
      clockClass: 248, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF)
    timeProperties = TimePropertiesDataSet(
      currentUtcOffset: 37, flags: .ptpTimescale, timeSource: 0xA0)
    timestamps = .software
  }

  /// Throws for the first value that its profile does not allow.
  public func check() throws(SettingsError) {
    let attributes = [
      ("domain", domainNumber, profile.domainNumber.range),
      ("priority1", priority1, 0...255),
      ("priority2", priority2, 0...255),
      ("log-announce-interval", logAnnounceInterval, profile.logAnnounceInterval.range),
      ("announce-receipt-timeout", announceReceiptTimeout, profile.announceReceiptTimeout.range),
      ("log-sync-interval", logSyncInterval, profile.logSyncInterval.range),
      ("log-min-delay-req-interval", logMinDelayReqInterval, profile.logMinDelayReqInterval.range),
    ]
    for (name, value, range) in attributes where !range.contains(value) {
      throw .outOfRange(name: name, value: value, range: range)
    }
  }

  /// The data set that follows from the settings (table 15).
  var defaultDataSet: DefaultDataSet {
    var quality = clockQuality
    if mode == .slave { quality.clockClass = 255 }
    return DefaultDataSet(
      slaveOnly: mode == .slave, priority1: UInt8(clamping: priority1), clockQuality: quality,
      priority2: UInt8(clamping: priority2), clockIdentity: clockIdentity,
      domainNumber: UInt8(clamping: domainNumber))
  }
}
