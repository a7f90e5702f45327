// SPDX-License-Identifier: MIT
import ControlAPI
import MediaClock
import StreamHealth
import Testing

/// The state of a sender follows from the packets that it sends (trial F1, F7).
struct SenderHealthTests {
  private struct Simulated {
    var now = MonotonicInstant(nanoseconds: 5_000_000_000)
    var health: SenderHealth
    var look = SenderHealth.Look(Condition(.sending))
    var rise = StreamCounts()

    init() {
      health = SenderHealth(at: now)
      rise.packets = 250
    }

    mutating func run(_ seconds: Double) -> [SenderState] {
      var states: [SenderState] = []
      for _ in 0..<Int(seconds * 4) {
        now = now + .milliseconds(250)
        look.counts.packets += rise.packets
        look.counts.late += rise.late
        look.counts.lost += rise.lost
        health.observe(look, at: now)
        if states.last != health.shown.state { states.append(health.shown.state) }
      }
      return states
    }
  }

  @Test func anObstacleIsShownAtOnceAndItsEndAfterThreeSeconds() {
    for state in [SenderState.addressConflict, .noNetwork, .refused] {
      var sender = Simulated()
      #expect(sender.run(5) == [.sending])
      #expect(sender.health.packetsPerSecond == 1000 && sender.health.lastPacket == sender.now)
      sender.look.condition = Condition(state, "why")
      #expect(sender.run(0.25) == [state])
      #expect(sender.health.shown.cause == "why")
      sender.look.condition = Condition(.sending)
      #expect(sender.run(2.75) == [state])
      #expect(sender.run(0.75).last == .sending)
    }
  }

  /// A problem of a sender that sends all the same lasts from its own beginning, not from the sender's start;
  /// once it is over, the sender is healthy from then on.
  @Test func aProblemOfASendingSenderHasItsOwnDuration() {
    var sender = Simulated()
    #expect(sender.run(3_600) == [.sending])
    let began = sender.now
    sender.rise.late = 3
    #expect(sender.run(10) == [.sending])
    #expect(sender.health.shown.level == .partiallyHealthy)
    #expect(sender.health.since == began + .milliseconds(250))
    #expect(sender.health.duration(at: sender.now) == .milliseconds(9_750))
    sender.rise.late = 0
    // The last late packets count for 5 s, and the recovery takes 3 s.
    let ended = sender.now + .seconds(5)
    _ = sender.run(9)
    #expect(sender.health.shown == Condition(.sending))
    #expect(abs((sender.health.since - ended).nanoseconds) <= 500_000_000)
  }

  @Test func aWaitingSenderStartsAtOnce() {
    var sender = Simulated()
    sender.look.condition = Condition(.waitingForClock, "no grandmaster yet")
    #expect(sender.run(5) == [.waitingForClock])
    sender.look.condition = Condition(.sending)
    #expect(sender.run(0.25) == [.sending])
  }

  @Test func packetsTooLateToSendAreReported() {
    var sender = Simulated()
    _ = sender.run(5)
    sender.rise.late = 2
    #expect(sender.run(3) == [.sending])
    #expect(sender.health.shown.level == .partiallyHealthy)
    #expect(sender.health.lastMinute.late > 0)
  }

  @Test(arguments: [UInt64(0), 100])
  func packetsThatTheKernelRefusesAreReported(passed: UInt64) {
    var sender = Simulated()
    _ = sender.run(5)
    sender.rise.lost = 250
    sender.rise.packets = passed
    _ = sender.run(6)
    #expect(sender.health.shown.level == (passed == 0 ? .unhealthy : .partiallyHealthy))
    #expect(sender.health.shown.cause?.contains("firewall") ?? false)
  }

  @Test func aLostClockLowersTheHealth() {
    var sender = Simulated()
    _ = sender.run(5)
    sender.look.clockProblem = "the grandmaster is lost"
    #expect(sender.run(0.25) == [.sending])
    #expect(sender.health.shown == Condition(.sending, "the grandmaster is lost"))
    #expect(sender.health.shown.level == .partiallyHealthy)
  }
}
