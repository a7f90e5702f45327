// SPDX-License-Identifier: MIT
import ControlAPI
import MediaClock
import StreamHealth
import Testing

/// Each trouble is told once when it begins and once when it ends, and eight of one cause are one alarm (trial F1,
/// section 4).
struct AlarmTests {
  private struct House {
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

  private func change(_ house: inout House, _ places: Range<Int>, rate: Double) {
    for place in places { house.receivers[place].rate = rate }
  }

  @Test func eightOfOneCauseAreOneAlarmWithinThreeSecondsAndOneEnd() {
    var house = House(8)
    #expect(house.run(10).isEmpty)
    change(&house, 0..<8, rate: 0)
    let began = house.run(2)
    #expect(began.map(\.text) == ["8 receivers: no packets for 1.2 s, last from 10.67.0.1"])
    #expect(began.first?.streams.count == 8 && began.first?.kind == .began)
    #expect(began.first?.state == "silent" && began.first?.level == .unhealthy)
    #expect(house.run(28).isEmpty)
    change(&house, 0..<8, rate: 1000)
    let ended = house.run(6)
    #expect(ended.map(\.text) == ["8 receivers: receiving again, after 30 s"])
    #expect(ended.first?.kind == .ended && ended.first?.number == 2)
    #expect(house.run(60).isEmpty)
  }

  @Test func oneAloneIsNamedWithItsAddress() {
    var house = House(3)
    _ = house.run(10)
    change(&house, 1..<2, rate: 0)
    #expect(
      house.run(2).map(\.text) == [
        "receiver host 1 stream 2: no packets for 1.2 s (239.69.1.2:5004, last from 10.67.0.1)"
      ])
    change(&house, 1..<2, rate: 1000)
    #expect(house.run(6).map(\.text) == ["receiver host 1 stream 2: receiving again, after 2.2 s"])
  }

  /// Streams that fall silent one after the other within a second are told together.
  @Test func whatFollowsWithinASecondIsTakenAlong() {
    var house = House(8)
    _ = house.run(10)
    var alarms: [Alarm] = []
    for place in 0..<4 {
      change(&house, place..<place + 1, rate: 0)
      alarms += house.run(0.25)
    }
    alarms += house.run(4)
    #expect(alarms.map(\.streams.count) == [4])
  }

  @Test func differentCausesAreDifferentAlarms() {
    var house = House(4)
    _ = house.run(10)
    change(&house, 0..<2, rate: 0)
    for place in 2..<4 { house.receivers[place].lostRate = 500 }
    let alarms = house.run(3)
    #expect(alarms.map(\.state).sorted() == ["lossy", "silent"])
    #expect(alarms.allSatisfy { $0.streams.count == 2 })
  }

  @Test func aGapThatIsOverIsTold() {
    var house = House(1)
    _ = house.run(10)
    change(&house, 0..<1, rate: 0)
    _ = house.run(0.5)
    change(&house, 0..<1, rate: 1000)
    let alarms = house.run(10)
    #expect(alarms.map(\.kind) == [.began, .ended])
    #expect(alarms.map(\.text).allSatisfy { $0.contains("0.7 s") }, "\(alarms.map(\.text))")
  }

  /// The beginning of a stream is no alarm; what does not come in time is.
  @Test func aBeginningIsNoFault() {
    var house = House(2)
    for place in 0..<2 { house.receivers[place].look.run = .waiting("no session of that name") }
    #expect(house.run(600).isEmpty)
    change(&house, 0..<2, rate: 0)
    for place in 0..<2 {
      house.receivers[place].look.run = .running(since: house.receivers[place].now)
    }
    #expect(house.run(5).map(\.state) == ["silent"])
  }

  /// A cable that comes back: the network is there, packets are not yet.
  @Test func oneTroubleAfterTheOtherEndsOnce() {
    var house = House(2)
    _ = house.run(10)
    change(&house, 0..<2, rate: 0)
    for place in 0..<2 { house.receivers[place].look.run = .noNetwork("net0 has no carrier") }
    #expect(
      house.run(10).map(\.text) == ["2 receivers: no network"])
    for place in 0..<2 { house.receivers[place].look.run = .running(since: house.clock) }
    #expect(house.run(0.5).isEmpty)
    change(&house, 0..<2, rate: 1000)
    #expect(house.run(8).map(\.text) == ["2 receivers: receiving again, after 9.7 s"])
  }

  @Test func whatWasWellAndWaitsIsAFault() {
    var house = House(2)
    _ = house.run(10)
    for place in 0..<2 { house.receivers[place].look.run = .waiting("the session was withdrawn") }
    #expect(
      house.run(5).map(\.text) == ["2 receivers: waiting: the session was withdrawn"])
  }

  @Test func whatIsSwitchedOffOrRemovedEndsItsAlarm() {
    var house = House(2)
    _ = house.run(10)
    change(&house, 0..<2, rate: 0)
    #expect(house.run(2).count == 1)
    house.receivers[0].look.run = .disabled
    #expect(house.run(1).map(\.text) == ["receiver host 1 stream 1: disabled, after 2.0 s"])
    let ended = house.collector.advance([], at: house.clock, unixMilliseconds: 0)
    #expect(ended.map(\.state) == ["removed"] && ended.map(\.kind) == [.ended])
    #expect(house.collector.advance([], at: house.clock, unixMilliseconds: 0).isEmpty)
  }
}
