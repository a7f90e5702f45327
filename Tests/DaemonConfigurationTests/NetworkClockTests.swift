// SPDX-License-Identifier: MIT
import Addressing
import PTP
import Testing

@testable import DaemonConfiguration

@Suite("Configuration of PTP (PTP-02)")
struct NetworkClockTests {
  private func clock(_ text: String) throws -> Configuration.NetworkClock {
    try read(text, file: "test").networkClock
  }

  private let identity = ClockIdentity(0x001D_C1FF_FE12_3456)

  @Test("A profile sets the values, and each can be overridden within its range")
  func profile() throws {
    let clock = try clock("ptp: { mode: auto, profile: st2059-2, log-sync-interval: -7 }")
    let settings = clock.settings(try #require(clock.mode), identity: identity)
    #expect(settings.domainNumber == 127 && settings.logAnnounceInterval == -2)
    #expect(settings.logSyncInterval == -7)
    #expect(settings.priority1 == 255)
    try settings.check()
  }

  @Test(
    "The default of priority1 is 128 for a master and 255 otherwise",
    arguments: [
      (text: "ptp: { mode: master }", priority: 128), ("ptp: { mode: master, priority1: 10 }", 10),
      ("ptp: { mode: slave }", 255), ("ptp: { mode: auto, priority1: auto }", 255),
    ])
  func priority(text: String, priority: Int) throws {
    let clock = try clock(text)
    #expect(clock.settings(try #require(clock.mode), identity: identity).priority1 == priority)
  }

  @Test("The default mode is auto, but off with a slowed or anchored clock; an identity can be set")
  func defaults() throws {
    #expect(Configuration().networkClock.mode == .auto)
    #expect(try clock("{}").mode == .auto)
    #expect(try clock("ptp: { mode: off }").mode == nil)
    #expect(try clock("clock: { rate-divisor: 20 }").mode == nil)
    #expect(try clock("clock: { anchor: 5 }").mode == nil)
    #expect(try clock("{ clock: { anchor: 5 }, ptp: { mode: off } }").mode == nil)
    let given = try clock("ptp: { clock-identity: 00-1D-C1-FF-FE-12-34-56 }")
    #expect(given.clockIdentity == identity)
  }

  @Test(
    "Invalid values, and values outside the range of the profile, are refused",
    arguments: [
      (
        text: "ptp: { profile: default, log-sync-interval: -3 }",
        error:
          "1:45: ptp.log-sync-interval: \"-3\" is not allowed; expected -1 to 1 in profile default"
      ),
      ("ptp: { domain: 128 }", "1:16: ptp.domain: \"128\" is not allowed; expected 0 to 127"),
      (
        "ptp: { mode: on }",
        "1:14: ptp.mode: \"on\" is not allowed; expected one of off, auto, master, slave"
      ),
      (
        "{ clock: { rate-divisor: 2 }, ptp: { mode: auto } }",
        "1:44: ptp.mode: \"auto\" is not allowed; expected off, because clock.rate-divisor or"
          + " clock.anchor replaces the clock"
      ),
      (
        "ptp: { clock-identity: 00-1D-C1-FF-FE-12-34-+5 }",
        "1:24: ptp.clock-identity: \"00-1D-C1-FF-FE-12-34-+5\" is not allowed; expected eight bytes such"
          + " as 00-1D-C1-FF-FE-12-34-56 or auto"
      ),
      (
        "ptp: { clock-identity: 00-1D }",
        "1:24: ptp.clock-identity: \"00-1D\" is not allowed; expected eight bytes such as"
          + " 00-1D-C1-FF-FE-12-34-56 or auto"
      ),
    ])
  func refused(text: String, error expected: String) {
    do {
      _ = try read(text, file: "test")
      Issue.record("accepted")
    } catch {
      #expect(error.description == "test:" + expected)
    }
  }
}
