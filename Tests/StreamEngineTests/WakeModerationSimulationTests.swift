// SPDX-License-Identifier: MIT
import MediaClock
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

/// The receive thread with its sockets on a simulated clock: the number of wake-ups, and no packet that is
/// late because of moderation.
@Suite("Wake moderation over a simulated network")
struct WakeModerationSimulationTests {
  private static let second: Int64 = 48_000

  private func start(
    _ reception: SimulatedReception, _ places: Range<Int>, linkOffset: Int64 = 144
  ) {
    for place in places {
      reception.bench.startReceiver(
        place, channels: 1, firstChannel: place, linkOffset: linkOffset)
    }
  }

  private func packets(
    _ hosts: [SimulatedHost], _ range: Range<Int64>, seed: UInt64 = 18
  ) -> [SimulatedPacket] {
    var random = SeededGenerator(seed: seed)
    return hosts.flatMap { $0.packets(range, &random) }
  }

  private func end(_ frame: Int64) -> Int64 { frame * 1_000_000_000 / 48_000 }

  /// Returns the wake-ups in a packet time, on average over the second second.
  private func wakeUps(
    _ reception: SimulatedReception, _ hosts: [SimulatedHost], frames: Int64
  ) -> Double {
    let second = Self.second
    reception.run(packets(hosts, 0..<second), until: end(second))
    let before = reception.wakeUps
    reception.run(packets(hosts, second..<2 * second), until: end(2 * second))
    return Double(reception.wakeUps - before) * Double(frames) / Double(second)
  }

  @Test(
    "Eight streams of one host wake the thread once in a packet time, at any phase",
    arguments: [6, 12, 48] as [Int64], [5_000, 95_000] as [Int64])
  func oneHost(frames: Int64, phase: Int64) {
    let reception = SimulatedReception()
    start(reception, 0..<8)
    let host = SimulatedHost(places: Array(0..<8), frames: frames, phase: phase, spacing: 7_000)
    #expect(wakeUps(reception, [host], frames: frames) < 1.1)
    #expect(reception.waited == 1)
    for place in 0..<8 { #expect(reception.counts(place).late == 0) }
    #expect(reception.changes < 80, "\(reception.changes)")
  }

  @Test("Without moderation each stream wakes the thread")
  func unmoderated() {
    let reception = SimulatedReception()
    reception.isUnmoderated = true
    start(reception, 0..<8)
    let host = SimulatedHost(places: Array(0..<8), spacing: 8_000)
    #expect(wakeUps(reception, [host], frames: 12) > 3)
  }

  @Test("Streams of two hosts are two bursts")
  func twoHosts() {
    let reception = SimulatedReception()
    start(reception, 0..<8)
    let hosts = [
      SimulatedHost(number: 1, places: [0, 1, 2, 3]),
      SimulatedHost(number: 2, places: [7, 6, 5, 4], phase: 140_000),
    ]
    let wakes = wakeUps(reception, hosts, frames: 12)
    #expect(wakes > 1.9 && wakes < 2.2, "\(wakes)")
    #expect(reception.waited == 2)
    #expect(reception.bench.receive.waited & 1 << 3 != 0, "the last of the first host")
    #expect(reception.bench.receive.waited & 1 << 4 != 0, "the last of the second host")
  }

  @Test("Eight hosts with eight phases share no wake-up")
  func eightHosts() {
    let reception = SimulatedReception()
    start(reception, 0..<8)
    let hosts = (0..<8).map {
      SimulatedHost(number: UInt32($0), places: [$0], phase: Int64($0) * 30_000)
    }
    _ = wakeUps(reception, hosts, frames: 12)
    #expect(reception.waited == 8)
    #expect(reception.changes == 0)
  }

  @Test(
    "If packets have little time to spare, the thread waits for all sockets",
    arguments: [(6, 12), (12, 24), (12, 36), (48, 96)] as [(Int64, Int64)])
  func smallMargin(frames: Int64, linkOffset: Int64) {
    let reception = SimulatedReception()
    start(reception, 0..<8, linkOffset: linkOffset)
    let spare = (linkOffset - frames) * 1_000_000_000 / 48_000 - 20_000
    _ = wakeUps(reception, [SimulatedHost(places: Array(0..<8), frames: frames)], frames: frames)
    #expect((reception.waited == 8) == (spare < 600_000), "\(spare) ns to spare")
  }

  @Test(
    "The loss of a leader makes no other stream late, and another stream leads soon",
    arguments: [6, 12, 48] as [Int64])
  func leaderIsLost(frames: Int64) {
    let reception = SimulatedReception()
    reception.longestLatency = frames * 5_000
    start(reception, 0..<8)
    let all = SimulatedHost(places: Array(0..<8), frames: frames, spacing: 7_000)
    var rest = all
    rest.places = Array(0..<7)
    let death = Self.second
    reception.run(packets([all], 0..<death), until: end(death))
    #expect(reception.waited == 1)
    #expect(reception.bench.receive.waited == 1 << 7)
    let learned = death + 100 * frames
    reception.run(packets([rest], death..<learned), until: end(learned))
    // The thread waits for the eighth stream, which is silent, and for the new leader.
    #expect(reception.bench.receive.waited == 1 << 7 | 1 << 6)
    for place in 0..<7 {
      #expect(reception.counts(place).late == 0 && reception.counts(place).lost == 0)
    }
  }

  @Test("The loss of a host dissolves its burst, which is found again when the host returns")
  func hostIsLost() {
    let reception = SimulatedReception()
    start(reception, 0..<8)
    let host = SimulatedHost(places: Array(0..<8))
    let (death, life, end) = (Self.second, Self.second + 24_000, 2 * Self.second)
    reception.run(packets([host], 0..<death), until: self.end(death))
    let before = reception.timerWakeUps
    reception.run([], until: self.end(life))
    #expect(reception.waited == 8)
    #expect(reception.timerWakeUps - before < 20, "the timer seldom expires")
    reception.run(packets([host], life..<end), until: self.end(end))
    #expect(reception.waited == 1)
    for place in 0..<8 { #expect(reception.counts(place).late == 0) }
  }

  @Test("Another order or phase of a host is learned")
  func changes() {
    let reception = SimulatedReception()
    start(reception, 0..<8)
    var host = SimulatedHost(places: Array(0..<8))
    var at: Int64 = 0
    for (order, phase) in [(0, 20_000), (1, 20_000), (1, 150_000), (0, 60_000)] as [(Int, Int64)] {
      host.places = order == 0 ? Array(0..<8) : (0..<8).reversed()
      host.phase = phase
      // Learned in a few packet times, or by the next measurement after 4,096 of them.
      let next = at + Self.second + 4_800
      reception.run(packets([host], at..<next), until: end(next))
      at = next
      #expect(reception.waited <= 2)
      let last = host.places[7]
      #expect(reception.bench.receive.waited >> UInt64(last) & 1 == 1, "\(order) \(phase)")
    }
    for place in 0..<8 { #expect(reception.counts(place).late == 0) }
  }

  @Test("Streams start and stop while others share a wake-up")
  func startAndStop() {
    let reception = SimulatedReception()
    start(reception, 0..<4)
    let host = SimulatedHost(places: Array(0..<8))
    reception.run(packets([host], 0..<9_600).filter { $0.place < 4 }, until: end(9_600))
    #expect(reception.bench.receive.waited == 1 << 3)
    start(reception, 4..<8)
    reception.run(packets([host], 9_600..<19_200), until: end(19_200))
    #expect(reception.bench.receive.waited == 1 << 7)
    for place in [7, 2] {
      _ = reception.bench.receiveCommands.queue.push(.stop(receiver: place))
    }
    reception.run(
      packets([host], 19_200..<28_800).filter { $0.place != 7 && $0.place != 2 },
      until: end(28_800))
    #expect(reception.bench.receive.waited == 1 << 6)
    for place in [0, 1, 3, 4, 5, 6] { #expect(reception.counts(place).late == 0) }
  }

  @Test(
    "With loss, jitter and a slow thread the same packets are in time as without moderation",
    arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [12, 48] as [Int64])
  func impaired(seed: UInt64, frames: Int64) {
    let hosts = [
      SimulatedHost(
        number: 1, places: [0, 1, 2, 3, 4, 5], frames: frames, jitter: Int64(seed) * 20_000,
        loss: Int(seed) * 3),
      SimulatedHost(number: 2, places: [7, 6], frames: frames, phase: 120_000, loss: 20),
    ]
    let all = packets(hosts, 0..<2 * Self.second, seed: seed)
    let (moderated, unmoderated) = (SimulatedReception(), SimulatedReception())
    unmoderated.isUnmoderated = true
    for reception in [moderated, unmoderated] {
      reception.longestLatency = 200_000
      start(reception, 0..<8)
      reception.run(all, until: end(2 * Self.second + 480))
    }
    for place in 0..<8 {
      #expect(moderated.counts(place) == unmoderated.counts(place), "seed \(seed)")
      #expect(moderated.counts(place).late == 0)
    }
    #expect(moderated.wakeUps < unmoderated.wakeUps)
  }
}
