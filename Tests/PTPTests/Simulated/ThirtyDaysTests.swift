// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import PTP
import Simulation
import Testing

/// Three clocks for thirty virtual days, or a quarter of an hour in the ordinary run. Oscillators drift with
/// the time of day, the network loses, duplicates and reorders packets, and every few hours there is another
/// fault. The long run has one Sync a second instead of eight.
@Suite struct ThirtyDaysTests {
  private static let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1"

  private static func world() throws -> World {
    var nodes: [Node] = []
    for number in 1...3 {
      let oscillator = Oscillator(
        ppm: Double(number * 17 - 30), swing: Double(number * 3), seed: UInt64(number))
      let node = try Hosts.node(
        number, isLong ? .ieee1588 : .aes67, oscillator: oscillator,
        noise: TimestampNoise(gaussian: 600),
        shows: Hosts.today + .seconds(Int64(number) * 1_000)
      ) { $0.priority1 = 100 + number }
      nodes.append(node)
    }
    let link = Link(
      delay: .microseconds(20), jitter: 500, loss: 0.01, duplication: 0.01, reordering: 0.01)
    return World(nodes: nodes, link: link, seed: 30)
  }

  /// The fault of a round, which ends before the next round.
  private static func disturb(_ world: inout World, _ round: Int) {
    switch round % 4 {
    case 0:  // The grandmaster is away, and the next one takes over with its time.
      world.nodes[0].isConnected = false
      world.run(seconds: 60)
      world.nodes[0].isConnected = true
    case 1:  // A host stands still.
      world.nodes[2].stalledUntil = world.time + 30_000_000_000
      world.run(seconds: 30)
    case 2:  // A host receives nothing, and continues at the last rate.
      world.nodes[1].isConnected = false
      world.run(seconds: 120)
      world.nodes[1].isConnected = true
    default:  // The grandmaster changes its time: every slave takes one step.
      world.nodes[0].epochShift = .seconds(Int64(round % 8) * 3_600)
    }
  }

  @Test func theClocksAgree() throws {
    var world = try Self.world()
    world.run(seconds: 60)
    // A round takes three hours, or 200 s in the ordinary run.
    let (rounds, length) = Self.isLong ? (30 * 8, 10_800.0) : (4, 200.0)
    var (worst, resident) = (Int64(0), 0)
    for round in 0..<rounds {
      let begin = world.time
      Self.disturb(&world, round)
      world.run(seconds: 120)
      repeat {
        world.run(seconds: length / 20)
        #expect(world.nodes.map(\.state) == [.master, .slave, .slave], "round \(round), seed 30")
        for slave in 1...2 {
          let error = abs(world.difference(slave, 0))
          worst = max(worst, error)
          #expect(error < 10_000, "round \(round), \(error) ns, seed 30")
        }
      } while Double(world.time - begin) < length * 1e9
      if round == 7 { resident = try residentBytes() }
    }
    // Only the first lock and each new epoch cause a step.
    for slave in 1...2 { #expect(world.nodes[slave].clock.servo.rebases <= 1 + rounds / 2) }
    // Other tests share the memory of a short run.
    guard Self.isLong else { return }
    #expect(try residentBytes() < resident + 16_000_000)
    print(world.time / 86_400_000_000_000, "days, worst error", worst, "ns")
  }

  /// The seconds field of 48 bits wraps after 8.9 million years, but a master may begin at any value.
  @Test(arguments: [Int64(30), 90]) func theSecondsWrap(after seconds: Int64) throws {
    var world = World(
      nodes: [
        try Hosts.node(1, .st2059, .master, noise: TimestampNoise(gaussian: 600)),
        try Hosts.node(
          2, .st2059, oscillator: Oscillator(ppm: 30, seed: 5), noise: TimestampNoise(gaussian: 600)
        ),
      ], seed: 48)
    let now = UInt64(Hosts.today.nanoseconds / 1_000_000_000 + seconds)
    world.nodes[0].secondsShift = (1 << 48) - now
    let before = world.nodes[1].published.generation
    world.run(seconds: Double(seconds) - 5)
    #expect(!world.nodes[1].clock.servo.isLocked, "times just before the wrap cannot be used")
    #expect(world.nodes[1].published.generation == before)
    world.run(seconds: 40)
    #expect(world.nodes[1].clock.servo.isLocked && world.nodes[1].state == .slave)
    #expect(world.nodes[1].clock.servo.rebases == 1)
    let shown = world.nodes[1].published.time(
      at: world.nodes[1].oscillator.local(at: world.time), rate: .hz48000)
    #expect(
      shown.nanoseconds > 0 && shown.nanoseconds < 60_000_000_000, "the time counts from 0 again")
  }

  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
  }
}
