// SPDX-License-Identifier: MIT
import ControlAPI
import MediaClock
import SeededRandom
import StreamHealth
import Testing

/// The state of a receiver follows from its packets (trial F1).
struct ReceiverHealthTests {
  private func receiving() -> SimulatedReceiver {
    var receiver = SimulatedReceiver()
    #expect(receiver.run(10) == [.receiving])
    return receiver
  }

  @Test func aStoppedStreamIsSilentAtOnceAndReceivingThreeSecondsAfterItsReturn() {
    var receiver = receiving()
    let last = receiver.now
    receiver.rate = 0
    receiver.pass(SimulatedReceiver.interval)
    #expect(receiver.state == .silent)
    #expect(receiver.health.since == last, "silent since the last packet")
    #expect(receiver.health.shown.cause == "no packets; the last came from 10.67.0.1")
    #expect(receiver.health.shown.level == .unhealthy)
    #expect(receiver.run(60) == [.silent])
    #expect(receiver.health.packetsPerSecond == 0)
    receiver.rate = 1000
    #expect(receiver.run(2.75) == [.silent], "the return is not confirmed yet")
    #expect(receiver.run(0.75) == [.silent, .receiving])
    #expect(receiver.health.shown.cause == nil && receiver.health.packetsPerSecond == 1000)
  }

  /// At 8,000, 1,000 and 20 packets a second, a stream is silent after 100 ms, or after ten packet times if
  /// that is longer.
  @Test(arguments: [(8000.0, 90, 110), (1000.0, 90, 110), (20.0, 400, 600)])
  func silenceIsTenPacketTimesOrAHundredMilliseconds(rate: Double, still: Int64, silent: Int64) {
    for (pause, state) in [(still, ReceiverState.receiving), (silent, .silent)] {
      var receiver = SimulatedReceiver()
      receiver.rate = rate
      _ = receiver.run(10)
      receiver.rate = 0
      receiver.pass(.milliseconds(pause))
      #expect(receiver.state == state, "\(rate) packets a second, \(pause) ms without one")
    }
  }

  @Test func aStreamThatFlapsStaysSilent() {
    var receiver = receiving()
    for _ in 0..<10 {
      receiver.rate = 0
      _ = receiver.run(0.5)
      receiver.rate = 1000
      #expect(receiver.run(2.5) == [.silent])
    }
  }

  @Test func aStreamThatNeverArrivesIsWaitingAndThenSilent() {
    var receiver = SimulatedReceiver()
    receiver.rate = 0
    #expect(receiver.run(1.75) == [.waiting])
    #expect(receiver.run(10) == [.silent])
    #expect(receiver.health.shown.cause?.contains("IGMP querier") ?? false)
    receiver.rate = 1000
    #expect(receiver.run(4) == [.silent, .receiving])
  }

  @Test(arguments: [0.5, 0.01, 0.001])
  func lossIsReportedWithinThreeSeconds(share: Double) {
    var receiver = receiving()
    receiver.rate = 1000 * (1 - share)
    receiver.lostRate = 1000 * share
    #expect(receiver.run(3).last == .lossy)
    #expect(receiver.run(57) == [.lossy])
    #expect(receiver.health.lastMinute.lost >= UInt64(57_000 * share))
    receiver.rate = 1000
    receiver.lostRate = 0
    #expect(receiver.run(9) == [.lossy, .receiving])
  }

  @Test func latePacketsAreReportedWithinThreeSeconds() {
    var receiver = receiving()
    receiver.lateRate = 20
    #expect(receiver.run(3).last == .late)
    #expect(receiver.health.shown.level == .partiallyHealthy)
  }

  /// Late packets of a sender in bursts are reported with the measured cause instead of a guess (field case
  /// 21).
  @Test func lateBurstsAreReportedWithTheirCause() {
    var receiver = receiving()
    receiver.look.burstProblem = "packets come in bursts of 21 ms"
    #expect(receiver.run(3) == [.receiving], "no packet is late yet")
    receiver.lateRate = 20
    #expect(receiver.run(3).last == .late)
    #expect(receiver.health.shown.cause == "packets come in bursts of 21 ms")
  }

  @Test func aSenderThatTheFilterExcludesIsNamed() {
    var receiver = SimulatedReceiver()
    receiver.rate = 0
    receiver.foreignRate = 1000
    receiver.look.sourceProblem = "only 172.17.0.1 may send"
    #expect(receiver.run(4).last == .silent)
    #expect(receiver.health.shown.cause == "only 172.17.0.1 may send")
  }

  @Test func aSingleLostOrLatePacketIsNotAFault() {
    var receiver = receiving()
    receiver.look.counts.lost += 1
    receiver.look.counts.late += 1
    #expect(receiver.run(60) == [.receiving])
    #expect(receiver.health.lastMinute.lost == 1 && receiver.health.lastMinute.late == 1)
    #expect(receiver.run(10) == [.receiving] && receiver.health.lastMinute.lost == 0)
  }

  /// The packets of the gap are counted as lost when the stream returns. That is not a second fault.
  @Test(arguments: [0.5, 31, 120])
  func theLossesOfASilenceAreNotASecondFault(seconds: Double) {
    var receiver = receiving()
    receiver.rate = 0
    #expect(receiver.run(seconds) == [.silent])
    receiver.look.counts.lost += UInt64(seconds * 1000)
    receiver.look.counts.late += 10
    receiver.rate = 1000
    #expect(receiver.run(20) == [.silent, .receiving])
  }

  @Test func anotherFormatIsNotReceivable() {
    var receiver = receiving()
    receiver.rate = 0
    receiver.malformedRate = 1000
    #expect(receiver.run(3) == [.notReceivable])
    #expect(receiver.health.shown.cause?.contains("L24, 8 channels") ?? false)
    receiver.rate = 1000
    receiver.malformedRate = 0
    #expect(receiver.run(4) == [.notReceivable, .receiving])
  }

  /// Two channels instead of eight: each packet is a whole number of frames, but never the right one.
  @Test func anotherNumberOfChannelsIsNotReceivable() {
    var receiver = receiving()
    receiver.resyncRate = 1000
    #expect(receiver.run(3).last == .notReceivable)
    #expect(receiver.run(10) == [.notReceivable])
    receiver.resyncRate = 0
    #expect(receiver.run(10) == [.notReceivable, .receiving])
  }

  /// The engine goes on while the sequence does. The fault shows because no packet is as long as its stamps
  /// say.
  @Test(arguments: [(48, 0), (0, 24), (3, 0)] as [(UInt64, UInt64)])
  func packetsOfAnotherLengthAreNotReceivable(surplus: UInt64, lacking: UInt64) {
    var receiver = receiving()
    (receiver.surplus, receiver.lacking) = (surplus, lacking)
    #expect(receiver.run(3).last == .notReceivable)
    #expect(receiver.run(10) == [.notReceivable])
    (receiver.surplus, receiver.lacking) = (0, 0)
    #expect(receiver.run(10) == [.notReceivable, .receiving])
  }

  @Test func aWanderingClockIsReceivable() {
    var receiver = receiving()
    (receiver.surplus, receiver.lacking) = (16, 15)
    #expect(receiver.run(20) == [.receiving])
  }

  @Test func otherSendersOnTheGroupAreReported() {
    var receiver = receiving()
    receiver.rate = 0
    receiver.foreignRate = 1000
    #expect(receiver.run(3) == [.silent])
    #expect(receiver.health.shown.cause == "only packets of other senders arrive")
  }

  @Test func externalReasonsAreShownAtOnce() {
    let reasons: [(ReceiverHealth.Run, ReceiverState)] = [
      (.noNetwork("net0 has no carrier"), .noNetwork), (.notReceivable("no L16"), .notReceivable),
      (.waiting("no session"), .waiting), (.disabled, .disabled),
    ]
    for (run, state) in reasons {
      var receiver = receiving()
      receiver.look.run = run
      receiver.pass(SimulatedReceiver.interval)
      #expect(receiver.state == state)
    }
  }

  @Test func clockProblemsAreReported() {
    var receiver = receiving()
    receiver.look.clockProblem = "the grandmaster is lost"
    receiver.pass(SimulatedReceiver.interval)
    #expect(receiver.state == .unsynchronised)
    #expect(receiver.health.shown.cause == "the grandmaster is lost")
    receiver.look.clockProblem = nil
    #expect(receiver.run(4) == [.unsynchronised, .receiving])
  }

  /// After a stall, the machine may look at the receiver before it reads the packets that have arrived
  /// meanwhile.
  @Test func aStallOfTheMachineIsNotTakenForSilence() {
    var receiver = receiving()
    let rate = receiver.rate
    receiver.rate = 0
    receiver.pass(.seconds(10))
    #expect(receiver.state == .receiving)
    receiver.rate = rate
    #expect(receiver.run(1) == [.receiving])
    receiver.rate = 0
    receiver.pass(.seconds(10))
    receiver.pass(SimulatedReceiver.interval)
    #expect(receiver.state == .silent, "the next look confirms the silence")
  }

  /// A receiver that starts again while the machine is slow does not show its former state.
  @Test(arguments: [Int64(100), 700, 5000])
  func aStartIsShownAtOnce(pause: Int64) {
    var receiver = SimulatedReceiver()
    receiver.rate = 0
    receiver.look.run = .waiting("its media thread has not stopped it yet")
    receiver.pass(SimulatedReceiver.interval)
    receiver.pass(.milliseconds(pause))
    receiver.look.run = .running(since: receiver.now)
    receiver.pass(.milliseconds(pause / 10))
    #expect(receiver.health.shown.cause == "waiting for the first packet")
  }

  /// Ordinary jitter of packets and looks, and single lost or late packets, raise no alarm in a day.
  @Test func aDayWithoutAFalseAlarm() {
    var random = SeededGenerator(seed: 24)
    var receiver = SimulatedReceiver()
    var alarms = AlarmCollector()
    _ = receiver.run(5)
    var states: Set<ReceiverState> = []
    for _ in 0..<(24 * 3600 * 4) {
      if random.fraction() < 0.0003 { receiver.look.counts.lost += 1 }
      if random.fraction() < 0.0003 { receiver.look.counts.late += 1 }
      // Packets come in bursts up to 60 ms apart; looks come up to 200 ms late.
      receiver.pass(.milliseconds(250 + Int64(random.fraction() * 200)))
      receiver.look.lastPacket = receiver.now - .milliseconds(Int64(random.fraction() * 60))
      states.insert(receiver.state)
      let raised = alarms.advance(
        [
          StreamCondition(
            .receiver, id: 1, name: "r", address: "", receiver.health.shown, duration: .seconds(0))
        ], at: receiver.now, unixMilliseconds: 0)
      #expect(raised.isEmpty)
    }
    #expect(states == [.receiving])
  }
}

extension MonotonicInstant {
  fileprivate static func - (instant: MonotonicInstant, interval: Interval) -> MonotonicInstant {
    instant + Interval(nanoseconds: -interval.nanoseconds)
  }
}
