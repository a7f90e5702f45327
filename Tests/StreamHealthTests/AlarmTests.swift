// SPDX-License-Identifier: MIT
import ControlAPI
import MediaClock
import StreamHealth
import Testing

/// Each fault raises one alarm when it begins and one when it ends. Streams with the same cause share an
/// alarm (trial F1, section 4).
struct AlarmTests {
  private struct Bench {
    var receivers: [SimulatedReceiver]
    var names: [String]
    var collector = AlarmCollector()
    var clock = MonotonicInstant(nanoseconds: 0)

    init(_ count: Int) {
      receivers = (0..<count).map { _ in SimulatedReceiver() }
      names = (1...count).map { "host 1 stream \($0)" }
    }

    mutating func run(_ seconds: Double) -> [Alarm] {
      var alarms: [Alarm] = []
      for _ in 0..<Int(seconds * 4) {
        clock = clock + SimulatedReceiver.interval
        for place in receivers.indices { receivers[place].pass(SimulatedReceiver.interval) }
        alarms += collector.advance(
          receivers.indices.map { place in
            let receiver = receivers[place]
            return StreamCondition(
              .receiver, id: place + 1, name: names[place], address: "239.69.1.\(place + 1):5004",
              receiver.health.shown, duration: receiver.health.duration(at: receiver.now),
              isRecovering: receiver.health.isRecovering,
              source: receiver.look.source)
          }, at: clock, unixMilliseconds: clock.nanoseconds / 1_000_000)
      }
      return alarms
    }
  }

  private func change(_ bench: inout Bench, _ places: Range<Int>, rate: Double) {
    for place in places { bench.receivers[place].rate = rate }
  }

  @Test func eightStreamsWithOneCauseShareTheAlarmAndItsEnd() {
    var bench = Bench(8)
    #expect(bench.run(10).isEmpty)
    change(&bench, 0..<8, rate: 0)
    let began = bench.run(2)
    #expect(began.map(\.text) == ["8 receivers: no packets for 1.2 s, last from 10.67.0.1"])
    #expect(began.first?.streams.count == 8 && began.first?.kind == .began)
    #expect(began.first?.state == "silent" && began.first?.level == .unhealthy)
    #expect(bench.run(28).isEmpty)
    change(&bench, 0..<8, rate: 1000)
    let ended = bench.run(6)
    #expect(ended.map(\.text) == ["8 receivers: receiving again, after 30 s"])
    #expect(ended.first?.kind == .ended && ended.first?.number == 2)
    #expect(bench.run(60).isEmpty)
  }

  @Test func aSingleStreamIsNamedWithItsAddress() {
    var bench = Bench(3)
    _ = bench.run(10)
    change(&bench, 1..<2, rate: 0)
    #expect(
      bench.run(2).map(\.text) == [
        "receiver host 1 stream 2: no packets for 1.2 s (239.69.1.2:5004, last from 10.67.0.1)"
      ])
    change(&bench, 1..<2, rate: 1000)
    #expect(bench.run(6).map(\.text) == ["receiver host 1 stream 2: receiving again, after 2.2 s"])
  }

  /// Streams that fall silent one after the other within a second share an alarm.
  @Test func faultsWithinASecondShareAnAlarm() {
    var bench = Bench(8)
    _ = bench.run(10)
    var alarms: [Alarm] = []
    for place in 0..<4 {
      change(&bench, place..<place + 1, rate: 0)
      alarms += bench.run(0.25)
    }
    alarms += bench.run(4)
    #expect(alarms.map(\.streams.count) == [4])
  }

  @Test func differentCausesAreDifferentAlarms() {
    var bench = Bench(4)
    _ = bench.run(10)
    change(&bench, 0..<2, rate: 0)
    for place in 2..<4 { bench.receivers[place].lostRate = 500 }
    let alarms = bench.run(3)
    #expect(alarms.map(\.state).sorted() == ["lossy", "silent"])
    #expect(alarms.allSatisfy { $0.streams.count == 2 })
  }

  /// The cause has a figure that is measured again and again.
  @Test func aFigureThatChangesIsNotAnotherProblem() {
    var bench = Bench(1)
    _ = bench.run(10)
    bench.receivers[0].lateRate = 50
    var alarms: [Alarm] = []
    for round in 0..<120 {
      let problem =
        "packets come in bursts of \(20 + round % 3) ms: set link-offset to auto, or to 2\(round % 7).5 ms"
      bench.receivers[0].look.burstProblem = problem
      alarms += bench.run(0.5)
    }
    #expect(alarms.map(\.kind) == [.began] && alarms.first?.state == "late")
    bench.receivers[0].look.burstProblem = nil
    #expect(bench.run(5).map(\.cause) == [bench.receivers[0].health.shown.cause])
    bench.receivers[0].lateRate = 0
    #expect(bench.run(20).map(\.kind) == [.ended])
  }

  /// A sender that was healthy waits, and the reason counts seconds.
  @Test func aWaitThatIsCountedIsOneProblem() {
    var collector = AlarmCollector()
    var alarms: [Alarm] = []
    for quarter in Int64(0)..<480 {
      let now = MonotonicInstant(nanoseconds: 250_000_000 * quarter)
      let condition =
        quarter < 40
        ? Condition(SenderState.sending)
        : Condition(
          SenderState.waitingForClock,
          "no grandmaster was heard in PTP domain 0 for \(quarter / 4) s")
      alarms += collector.advance(
        [
          StreamCondition(
            .sender, id: 1, name: "one", address: "239.69.1.1:5004", condition,
            duration: .milliseconds(250 * quarter))
        ], at: now, unixMilliseconds: 0)
    }
    #expect(alarms.map(\.kind) == [.began])
    #expect(alarms.first?.state == "waitingForClock")
  }

  @Test func aGapThatHasEndedRaisesAnAlarm() {
    var bench = Bench(1)
    _ = bench.run(10)
    change(&bench, 0..<1, rate: 0)
    _ = bench.run(0.5)
    change(&bench, 0..<1, rate: 1000)
    let alarms = bench.run(10)
    #expect(alarms.map(\.kind) == [.began, .ended])
    #expect(alarms.map(\.text).allSatisfy { $0.contains("0.7 s") }, "\(alarms.map(\.text))")
  }

  /// The start of a stream raises no alarm. A stream whose packets do not arrive in time does.
  @Test func aStartIsNotAFault() {
    var bench = Bench(2)
    for place in 0..<2 { bench.receivers[place].look.run = .waiting("no session of that name") }
    #expect(bench.run(600).isEmpty)
    change(&bench, 0..<2, rate: 0)
    for place in 0..<2 {
      bench.receivers[place].look.run = .running(since: bench.receivers[place].now)
    }
    #expect(bench.run(5).map(\.state) == ["silent"])
  }

  /// A cable is plugged in again: the network is available, but packets do not arrive yet.
  @Test func consecutiveFaultsEndOnce() {
    var bench = Bench(2)
    _ = bench.run(10)
    change(&bench, 0..<2, rate: 0)
    for place in 0..<2 { bench.receivers[place].look.run = .noNetwork("net0 has no carrier") }
    #expect(
      bench.run(10).map(\.text) == ["2 receivers: no network"])
    for place in 0..<2 { bench.receivers[place].look.run = .running(since: bench.clock) }
    #expect(bench.run(0.5).isEmpty)
    change(&bench, 0..<2, rate: 1000)
    #expect(bench.run(8).map(\.text) == ["2 receivers: receiving again, after 9.7 s"])
  }

  @Test func aHealthyStreamThatWaitsIsAFault() {
    var bench = Bench(2)
    _ = bench.run(10)
    for place in 0..<2 { bench.receivers[place].look.run = .waiting("the session was withdrawn") }
    #expect(
      bench.run(5).map(\.text) == ["2 receivers: waiting: the session was withdrawn"])
  }

  @Test func disablingOrRemovingAStreamEndsItsAlarm() {
    var bench = Bench(2)
    _ = bench.run(10)
    change(&bench, 0..<2, rate: 0)
    #expect(bench.run(2).count == 1)
    bench.receivers[0].look.run = .disabled
    #expect(bench.run(1).map(\.text) == ["receiver host 1 stream 1: disabled, after 2.0 s"])
    let ended = bench.collector.advance([], at: bench.clock, unixMilliseconds: 0)
    #expect(ended.map(\.state) == ["removed"] && ended.map(\.kind) == [.ended])
    #expect(bench.collector.advance([], at: bench.clock, unixMilliseconds: 0).isEmpty)
  }
}
