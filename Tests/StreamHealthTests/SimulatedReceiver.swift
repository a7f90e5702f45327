// SPDX-License-Identifier: MIT
import ControlAPI
import MediaClock
import StreamHealth

/// A receiver in simulated time. The test sets the rates of packets, and the receiver is observed four times
/// a second.
struct SimulatedReceiver {
  private(set) var now: MonotonicInstant
  var health: ReceiverHealth
  var look: ReceiverHealth.Look
  /// The packets that arrive in a second, and those of each fault.
  var rate = 1000.0
  var lateRate = 0.0
  var lostRate = 0.0
  var malformedRate = 0.0
  var foreignRate = 0.0
  var resyncRate = 0.0
  /// The frames of each packet in excess of its stamps, and those that it lacks.
  var surplus: UInt64 = 0
  var lacking: UInt64 = 0
  private var fractions: [Double] = Array(repeating: 0, count: 6)

  static let interval = Interval.milliseconds(250)

  init() {
    now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    health = ReceiverHealth(at: now)
    look = ReceiverHealth.Look(run: .running(since: now), format: "L24, 8 channels")
  }

  var state: ReceiverState { health.shown.state }

  /// Advances the time. Returns the states that were shown, without repetitions.
  mutating func run(_ seconds: Double) -> [ReceiverState] {
    var states: [ReceiverState] = []
    let end = now + Interval(nanoseconds: Int64(seconds * 1e9))
    while now < end {
      pass(Self.interval)
      if states.last != state { states.append(state) }
    }
    return states
  }

  /// Advances the time, and observes the receiver once.
  mutating func pass(_ interval: Interval) {
    now = now + interval
    let seconds = Double(interval.nanoseconds) / 1e9
    let rates = [rate, lateRate, lostRate, malformedRate, foreignRate, resyncRate]
    var whole: [UInt64] = []
    for (place, rate) in rates.enumerated() {
      fractions[place] += rate * seconds
      whole.append(UInt64(fractions[place]))
      fractions[place] -= Double(whole[place])
    }
    look.counts.packets += whole[0]
    look.counts.late += whole[1]
    look.counts.lost += whole[2]
    look.counts.malformed += whole[3]
    look.counts.foreign += whole[4]
    look.counts.resyncs += whole[5]
    look.counts.surplusFrames += whole[0] * surplus
    look.counts.lackingFrames += whole[0] * lacking
    if whole[0] > 0 {
      look.lastPacket = now
      look.source = "10.67.0.1"
    }
    health.observe(look, at: now)
  }
}
