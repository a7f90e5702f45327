// SPDX-License-Identifier: MIT
public import Addressing
public import PTP

extension Configuration {
  /// How the device clock follows the network's, section `ptp`.
  public struct NetworkClock: Equatable, Sendable {
    /// Nil for off: the clock free-runs.
    public var mode: Settings.Mode? = .auto
    public var profile = Profile.aes67
    public var domain = Profile.aes67.domainNumber.initial
    /// Nil for what the mode says: 255 for auto, 128 for master.
    public var priority1: Int?
    public var priority2 = 128
    public var logAnnounceInterval = Profile.aes67.logAnnounceInterval.initial
    public var announceReceiptTimeout = Profile.aes67.announceReceiptTimeout.initial
    public var logSyncInterval = Profile.aes67.logSyncInterval.initial
    public var logMinDelayReqInterval = Profile.aes67.logMinDelayReqInterval.initial
    /// Nil for the interface's Ethernet address.
    public var clockIdentity: ClockIdentity?
    /// EF, as AES67 asks of PTP (6.2).
    public var dscp: UInt8 = 46
    var timestamps = StampSource.Choice.automatic

    public init() {}

    /// What the ordinary clock is told.
    func settings(_ mode: Settings.Mode, identity: ClockIdentity) -> Settings {
      var settings = Settings(profile: profile, mode: mode, clockIdentity: identity)
      settings.domainNumber = domain
      if let priority1 { settings.priority1 = priority1 }
      settings.priority2 = priority2
      settings.logAnnounceInterval = logAnnounceInterval
      settings.announceReceiptTimeout = announceReceiptTimeout
      settings.logSyncInterval = logSyncInterval
      settings.logMinDelayReqInterval = logMinDelayReqInterval
      return settings
    }
  }
}

extension Configuration.NetworkClock {
  static let keys = [
    "mode", "profile", "domain", "priority1", "priority2", "log-announce-interval",
    "announce-receipt-timeout", "log-sync-interval", "log-min-delay-req-interval",
    "clock-identity", "dscp", "timestamps",
  ]

  /// - Parameter clock: where it is not the network's, off is the default and all that is allowed.
  init(_ reader: MappingReader, beside clock: Configuration.Clock) {
    let other: String? =
      if clock.isSimulated {
        "clock.rate-divisor or clock.anchor makes a clock of its own"
      } else if clock.source != .ptp {
        "clock.source is \(clock.source), and there is one clock at a time"
      } else {
        nil
      }
    let modes = other == nil ? Settings.Mode.allCases : []
    let expected =
      other.map { "off, because \($0)" }
      ?? "one of off, " + modes.map(\.rawValue).joined(separator: ", ")
    let chosen: Settings.Mode?? = reader.value("mode", expected: expected) { text in
      text == "off" ? .some(nil) : modes.first { $0.rawValue == text }.map { .some($0) }
    }
    mode = chosen ?? (other == nil ? .auto : nil)
    let profiles = Profile.all.map(\.name).joined(separator: ", ")
    profile =
      reader.value("profile", expected: "one of \(profiles)") { Profile(named: $0) } ?? .aes67
    func number(_ key: String, _ attribute: Profile.Attribute) -> Int {
      reader.integer(key, in: attribute.range, default: attribute.initial)
    }
    domain = number("domain", profile.domainNumber)
    priority1 = reader.integer("priority1", in: 0...255, or: "auto")
    priority2 = reader.integer("priority2", in: 0...255, default: 128)
    logAnnounceInterval = number("log-announce-interval", profile.logAnnounceInterval)
    announceReceiptTimeout = number("announce-receipt-timeout", profile.announceReceiptTimeout)
    logSyncInterval = number("log-sync-interval", profile.logSyncInterval)
    logMinDelayReqInterval = number(
      "log-min-delay-req-interval", profile.logMinDelayReqInterval)
    let identity: ClockIdentity?? = reader.value(
      "clock-identity", expected: "auto or eight bytes such as 00-1D-C1-FF-FE-12-34-56"
    ) { text in
      text == "auto" ? .some(nil) : ClockIdentity(text).map { .some($0) }
    }
    clockIdentity = identity ?? nil
    dscp = reader.integer("dscp", in: 0...63, default: 46)
    timestamps = reader.choice("timestamps", default: .automatic)
  }
}
