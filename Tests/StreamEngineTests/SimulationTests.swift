// SPDX-License-Identifier: MIT
import CSharedMemory
import Foundation
import MediaClock
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Both engines over a simulated network")
struct SimulationTests {
  /// The impairments of the network, in thousandths of the packets.
  struct Impairment: Sendable, CustomStringConvertible {
    var loss = 0
    var duplication = 0
    /// Packets that are delayed by three packet times.
    var reordering = 0
    var description: String { "loss \(loss) duplication \(duplication) reordering \(reordering)" }
  }

  private static let impairments = [
    Impairment(), Impairment(loss: 10), Impairment(duplication: 10), Impairment(reordering: 10),
    Impairment(loss: 50, duplication: 50, reordering: 50),
  ]

  @Test(
    "Counters equal the injected impairments, and every received frame is correct",
    arguments: impairments, [PacketTime.us250, .ms1])
  func counters(impairment: Impairment, packetTime: PacketTime) {
    let bench = EngineBench()
    let length = Int64(packetTime.frames)
    let linkOffset = 6 * length
    bench.startSender(channels: 2, packetTime: packetTime)
    bench.startReceiver(channels: 2, linkOffset: linkOffset)
    let client = PlayingClient(channels: 2)
    client.start(at: DeviceFrame(0))
    bench.attach(client)
    var network = Network(seed: 40, impairment)
    // A million packets with AES67_LONG=1, in a release build.
    let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1"
    let packets = isLong ? 1_000_000 : 20_000
    #expect(bench.packets().isEmpty)  // The sender starts at frame 0.
    for step in 1...packets + 10 {
      client.write(Int(length), pattern)
      client.extend()
      bench.set(DeviceFrame(Int64(step) * length))
      let injecting = step <= packets
      for packet in bench.packets() {
        network.send(packet.bytes, at: step, impaired: injecting)
      }
      for packet in network.arrivals(at: step) { bench.deliver(packet) }
      bench.tick()
      // The packet that has just been played.
      let played = Int64(step - 8) * length
      guard played >= 0, step % 97 == 0 else { continue }
      // Lost packets are concealed; see ConcealmentTests.
      guard !network.lost.contains(Int(played / length)) else { continue }
      let heard = bench.captured(1, from: DeviceFrame(played + linkOffset), count: Int(length))
      let expected = (0..<Int(length)).map { pattern(Int(played) + $0, 1) << 8 }
      #expect(heard == expected, "seed 40, packet \(played / length)")
    }
    let counts = unsafe Counts(UnsafePointer(bench.receiverCounters))
    let sent = UInt64(packets + 10)
    #expect(counts.lost == UInt64(network.lost.count))
    #expect(counts.duplicate == UInt64(network.duplicated))
    #expect(counts.reordered == UInt64(network.reordered))
    #expect(counts.inTime == sent - UInt64(network.lost.count))
    #expect(counts.late == 0 && counts.early == 0 && counts.foreign == 0 && counts.malformed == 0)
  }
}

/// A network that loses, duplicates and delays packets in a reproducible way.
private struct Network {
  private var random: SeededGenerator
  private let impairment: SimulationTests.Impairment
  private var delayed: [(due: Int, bytes: [UInt8])] = []
  private var present: [[UInt8]] = []
  private var count = 0
  private(set) var lost: Set<Int> = []
  private(set) var duplicated = 0
  private(set) var reordered = 0

  init(seed: UInt64, _ impairment: SimulationTests.Impairment) {
    random = SeededGenerator(seed: seed)
    self.impairment = impairment
  }

  mutating func send(_ bytes: [UInt8], at step: Int, impaired: Bool) {
    defer { count += 1 }
    func happens(_ thousandths: Int) -> Bool {
      impaired && count > 0 && Int.random(in: 0..<1_000, using: &random) < thousandths
    }
    if happens(impairment.loss) {
      lost.insert(count)
    } else if happens(impairment.reordering) {
      delayed.append((step + 3, bytes))
    } else {
      present.append(bytes)
      if happens(impairment.duplication) {
        present.append(bytes)
        duplicated += 1
      }
    }
  }

  mutating func arrivals(at step: Int) -> [[UInt8]] {
    let due = delayed.filter { $0.due <= step }.map(\.bytes)
    delayed.removeAll { $0.due <= step }
    defer { present = [] }
    // A delayed packet is reordered unless all packets after it were lost or delayed as well.
    for bytes in due where overtaken(bytes, at: step) { reordered += 1 }
    return present + due
  }

  private func overtaken(_ bytes: [UInt8], at step: Int) -> Bool {
    let number = step - 3 - 1
    let later = (number + 1...number + 3).filter { later in
      !lost.contains(later) && !delayed.contains { $0.due == later + 4 }
    }
    return !later.isEmpty
  }
}
