// SPDX-License-Identifier: MIT
import Addressing
import PTP
import Testing

@Suite struct ProfileTests {
  static let identity = ClockIdentity(ethernetAddress: 0x0200_0000_0001)

  @Test(
    arguments: [
      ("aes67", 0, 1, 3, -3, 0), ("r16", 0, 0, 3, -3, -3), ("st2059-2", 127, -2, 3, -3, -3),
      ("default", 0, 1, 3, 0, 0),
    ] as [(String, Int, Int, Int, Int, Int)])
  func hasItsDefaults(
    name: String, domain: Int, announce: Int, timeout: Int, sync: Int, delay: Int
  ) throws {
    let settings = Settings(
      profile: try #require(Profile(named: name)), clockIdentity: Self.identity)
    #expect(settings.domainNumber == domain)
    #expect(settings.logAnnounceInterval == announce)
    #expect(settings.announceReceiptTimeout == timeout)
    #expect(settings.logSyncInterval == sync)
    #expect(settings.logMinDelayReqInterval == delay)
    try settings.check()
  }

  @Test func unknownNamesAreRefused() { #expect(Profile(named: "AES67") == nil) }

  @Test(
    arguments: [(.auto, 255), (.master, 128), (.slave, 255)] as [(Settings.Mode, Int)])
  func modeSetsPriority(mode: Settings.Mode, priority: Int) {
    #expect(Settings(mode: mode, clockIdentity: Self.identity).priority1 == priority)
  }

  @Test(
    arguments: [
      ("log-sync-interval", 2, -4...1), ("log-announce-interval", -1, 0...4),
      ("announce-receipt-timeout", 1, 2...10), ("log-min-delay-req-interval", -4, -3...5),
      ("domain", 128, 0...127), ("priority1", 256, 0...255), ("priority2", -1, 0...255),
    ] as [(String, Int, ClosedRange<Int>)])
  func refusesValuesOutsideTheProfilesRange(name: String, value: Int, range: ClosedRange<Int>) {
    var settings = Settings(clockIdentity: Self.identity)
    switch name {
    case "log-sync-interval": settings.logSyncInterval = value
    case "log-announce-interval": settings.logAnnounceInterval = value
    case "announce-receipt-timeout": settings.announceReceiptTimeout = value
    case "log-min-delay-req-interval": settings.logMinDelayReqInterval = value
    case "domain": settings.domainNumber = value
    case "priority1": settings.priority1 = value
    default: settings.priority2 = value
    }
    #expect(throws: SettingsError.outOfRange(name: name, value: value, range: range)) {
      try settings.check()
    }
  }
}
