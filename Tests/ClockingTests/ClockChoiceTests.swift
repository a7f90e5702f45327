// SPDX-License-Identifier: MIT
import DaemonConfiguration
import PTP
import Testing

@testable import Clocking

@Suite("ClockChoice: which settings concern the clock") struct ClockChoiceTests {
  private static func choice(
    mayFollow: Bool = true, _ change: (inout Configuration) -> Void = { _ in }
  ) -> ClockChoice {
    var configuration = Configuration()
    change(&configuration)
    return ClockChoice(configuration, mayFollow: mayFollow)
  }

  @Test("The clock is off, PTP, or an external clock")
  func kinds() {
    let usual = Configuration()
    #expect(
      Self.choice() == .network(.auto, usual.networkClock, usual.network.interface))
    #expect(Self.choice { $0.networkClock.mode = nil } == .none)
    let external = Self.choice {
      $0.networkClock.mode = nil
      $0.clock.source = .systemTAI
    }
    #expect(external == .external(.systemTAI))
    #expect(Self.choice(mayFollow: false) == .none)
    #expect(Self.choice(mayFollow: false) { $0.clock.source = .systemTAI } == .none)
  }

  @Test(
    "Each setting of the clock changes the choice",
    arguments: [
      { $0.networkClock.mode = .slave }, { $0.networkClock.domain = 5 },
      { $0.networkClock.profile = .r16 }, { $0.networkClock.priority1 = 7 },
      { $0.networkClock.priority2 = 7 }, { $0.networkClock.logSyncInterval = 1 },
      { $0.networkClock.dscp = 8 }, { $0.networkClock.timestamps = .userSpace },
      { $0.network.interface = .named("eth7") }, { $0.networkClock.mode = nil },
    ] as [@Sendable (inout Configuration) -> Void])
  func concerned(_ change: @Sendable (inout Configuration) -> Void) {
    #expect(Self.choice(change) != Self.choice())
  }

  @Test(
    "Settings of other parts do not change the choice",
    arguments: [
      { $0.network.ttl = 1 }, { $0.network.loopback = true }, { $0.network.dscp = 8 },
      { $0.network.port = 6000 }, { $0.senders.removeAll() }, { $0.layout.host = 9 },
      { $0.log.level = .debug }, { $0.device.minimumPeriod = 64 },
    ] as [@Sendable (inout Configuration) -> Void])
  func unconcerned(_ change: @Sendable (inout Configuration) -> Void) {
    #expect(Self.choice(change) == Self.choice())
  }

  @Test("With PTP off, its settings do not change the choice")
  func unused() {
    #expect(
      Self.choice { $0.networkClock.mode = nil }
        == Self.choice {
          $0.networkClock.mode = nil
          $0.networkClock.domain = 5
          $0.network.interface = .named("eth7")
        })
  }
}
