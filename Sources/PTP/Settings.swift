// SPDX-License-Identifier: MIT

/// The reason why settings do not conform to their profile.
public enum SettingsError: Error, Equatable, Sendable {
  case outOfRange(name: String, value: Int, range: ClosedRange<Int>)
}

/// The settings of an ordinary clock.
public struct Settings: Hashable, Sendable {
  /// Whether this clock may be master.
  public enum Mode: String, CaseIterable, Sendable {
    /// Grandmaster only if there is no other: priority1 is 255.
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
  /// The announced clock quality instead of the host clock's; for tests, and for hosts with a reference of
  /// their own.
  public var clockQuality: ClockQuality?
  /// TAI minus UTC, in seconds.
  public var currentUtcOffset: Int
  public var hostClock: HostClock
  public var timestamps: TimestampClass

  /// The profile's values, with those of a free-running system clock on TAI (GM-07, GM-04).
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
    clockQuality = nil
    currentUtcOffset = 37
    hostClock = .freeRunning
    timestamps = .software
  }

  /// Throws for the first value that its profile does not allow.
  public func check() throws(SettingsError) {
    let attributes = [
      ("domain", domainNumber, profile.domainNumber.range),
      ("priority1", priority1, 0...255),
      ("priority2", priority2, 0...255),
      ("utc-offset", currentUtcOffset, -32_768...32_767),
      ("log-announce-interval", logAnnounceInterval, profile.logAnnounceInterval.range),
      ("announce-receipt-timeout", announceReceiptTimeout, profile.announceReceiptTimeout.range),
      ("log-sync-interval", logSyncInterval, profile.logSyncInterval.range),
      ("log-min-delay-req-interval", logMinDelayReqInterval, profile.logMinDelayReqInterval.range),
    ]
    for (name, value, range) in attributes where !range.contains(value) {
      throw .outOfRange(name: name, value: value, range: range)
    }
  }

  /// The data set that follows from the settings (table 15). Slaves have class 255 (9.2.2).
  func defaultDataSet(_ hostClock: HostClock) -> DefaultDataSet {
    var quality = clockQuality ?? hostClock.clockQuality
    if mode == .slave { quality.clockClass = 255 }
    return DefaultDataSet(
      slaveOnly: mode == .slave, priority1: UInt8(clamping: priority1), clockQuality: quality,
      priority2: UInt8(clamping: priority2), clockIdentity: clockIdentity,
      domainNumber: UInt8(clamping: domainNumber))
  }

  /// The time scale that is announced as long as there is none from a master.
  func timeProperties(_ hostClock: HostClock) -> TimePropertiesDataSet {
    hostClock.timeProperties(currentUtcOffset: Int16(clamping: currentUtcOffset))
  }
}
