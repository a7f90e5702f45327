// SPDX-License-Identifier: MIT
internal import Addressing
package import PTP

extension Configuration {
  /// The settings of PTP, section `ptp`.
  package struct NetworkClock: Equatable, Sendable {
    /// The mode; nil for off, in which the clock free-runs.
    package var mode: Settings.Mode? = .auto
    /// The profile, which sets the dependent values below.
    package var profile = Profile.aes67 {
      didSet { takeInitialValues() }
    }
    package var domain = 0
    /// The priority1; nil for the mode's default: 255 for auto, 128 for master.
    package var priority1: Int?
    package var priority2 = 128
    package var logAnnounceInterval = 0
    package var announceReceiptTimeout = 0
    package var logSyncInterval = 0
    package var logMinDelayReqInterval = 0
    /// The clock identity; nil for that of the interface's Ethernet address.
    package var clockIdentity: ClockIdentity?
    /// The DSCP: EF, as AES67 asks of PTP (6.2).
    package var dscp: UInt8 = 46
    package var timestamps = TimestampSource.automatic

    package init() { takeInitialValues() }

    private mutating func takeInitialValues() {
      domain = profile.domainNumber.initial
      logAnnounceInterval = profile.logAnnounceInterval.initial
      announceReceiptTimeout = profile.announceReceiptTimeout.initial
      logSyncInterval = profile.logSyncInterval.initial
      logMinDelayReqInterval = profile.logMinDelayReqInterval.initial
    }

    /// The settings of the ordinary clock.
    package func settings(_ mode: Settings.Mode, identity: ClockIdentity) -> Settings {
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

/// The source of PTP event timestamps, key `ptp.timestamps` (TS-07, TS-09).
package enum TimestampSource: String, CaseIterable, Sendable {
  /// The best source that card, driver and permissions allow.
  case automatic = "auto"
  case hardware
  case software
  case userSpace = "user-space"
}

extension Configuration.NetworkClock: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "mode", \.mode, .clockMode,
      "auto follows the best clock and is grandmaster only if there is no other; master takes part in"
        + " the election as an equal; slave is never grandmaster, and senders wait for one; off"
        + " free-runs on this host's clock."),
    Attribute(
      "profile", \.profile, .ptpProfile,
      "The PTP profile, which sets the defaults and ranges of the keys below."),
    Attribute("domain", \.domain, .integer(hull(\.domainNumber)), "The PTP domain."),
    Attribute(
      "priority1", \.priority1, Codec<Int>.integer(0...255).or("auto"),
      "The first priority in the election; the lowest wins. auto is 255 in mode auto, and 128 in the other"
        + " modes. ptp4l -s with its default of 128 follows only 127 or less."),
    Attribute(
      "priority2", \.priority2, .integer(0...255),
      "The second priority in the election; the lowest wins."),
    Attribute(
      "log-announce-interval", \.logAnnounceInterval, .integer(hull(\.logAnnounceInterval)),
      "The time between Announce messages, as log2 of seconds."),
    Attribute(
      "announce-receipt-timeout", \.announceReceiptTimeout,
      .integer(hull(\.announceReceiptTimeout)),
      "The number of Announce intervals without a message after which a master is lost."),
    Attribute(
      "log-sync-interval", \.logSyncInterval, .integer(hull(\.logSyncInterval)),
      "The time between Sync messages, as log2 of seconds."),
    Attribute(
      "log-min-delay-req-interval", \.logMinDelayReqInterval,
      .integer(hull(\.logMinDelayReqInterval)),
      "The minimum time between Delay_Req messages, as log2 of seconds."),
    Attribute(
      "clock-identity", \.clockIdentity, Codec<ClockIdentity>.clockIdentity.or("auto"),
      "The identity of this clock; auto derives it from the interface's Ethernet address."),
    Attribute(
      "dscp", \.dscp, .integer(0...63), "The DSCP of PTP packets; AES67 asks for 46 (EF).",
      isInProfile: true),
    Attribute(
      "timestamps", \.timestamps, .word,
      "The source of PTP timestamps: the card (hardware), the kernel (software), the daemon (user-space),"
        + " or the best of them that works here (auto)."),
  ]

  /// The union of the ranges of all profiles; the range of the configured one is checked afterwards.
  private static func hull(_ attribute: (Profile) -> Profile.Attribute) -> ClosedRange<Int> {
    let ranges = Profile.all.map { attribute($0).range }
    let low = ranges.map(\.lowerBound).min() ?? 0
    return low...(ranges.map(\.upperBound).max() ?? low)
  }

  package var problems: [ValidationError] {
    let attributes: [(String, Int, Profile.Attribute)] = [
      ("domain", domain, profile.domainNumber),
      ("log-announce-interval", logAnnounceInterval, profile.logAnnounceInterval),
      ("announce-receipt-timeout", announceReceiptTimeout, profile.announceReceiptTimeout),
      ("log-sync-interval", logSyncInterval, profile.logSyncInterval),
      ("log-min-delay-req-interval", logMinDelayReqInterval, profile.logMinDelayReqInterval),
    ]
    return attributes.filter { !$0.2.range.contains($0.1) }.map { key, value, attribute in
      let range = attribute.range
      return ValidationError(
        keys: [key],
        message: "\"\(value)\" is not allowed; expected \(range.lowerBound) to"
          + " \(range.upperBound) in profile \(profile.name)")
    }
  }
}

extension Codec where Value == Settings.Mode? {
  static var clockMode: Codec {
    let modes = Settings.Mode.allCases
    return Codec(
      ValueType(.word(["off"] + modes.map(\.rawValue))), text: { $0?.rawValue ?? "off" },
      parse: { text in
        text == "off" ? .some(nil) : Settings.Mode(rawValue: text).map { .some($0) }
      })
  }
}

extension Codec where Value == Profile {
  static var ptpProfile: Codec {
    Codec(ValueType(.word(Profile.all.map(\.name))), text: \.name) { Profile(named: $0) }
  }
}

extension Codec where Value == ClockIdentity {
  static var clockIdentity: Codec {
    Codec(
      ValueType(.text, expected: "eight bytes such as 00-1D-C1-FF-FE-12-34-56"),
      text: \.description
    ) { ClockIdentity($0) }
  }
}
