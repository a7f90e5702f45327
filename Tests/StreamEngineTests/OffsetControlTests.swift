// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import StreamEngine
import Testing

/// The offset control with a simulated network: each packet has a delay, and the requested offset is applied.
private struct ControlBench {
  var control: OffsetControl
  var offset: Int64
  var now: Int64 = 0
  let packet: Int64
  private(set) var late = 0
  /// The changes of the offset, with their times in seconds.
  private(set) var changes: [(at: Double, to: Int64)] = []

  init(packet: Int64 = 48, minimum: Int = 2, maximum: Int = 6) {
    control = OffsetControl(OffsetBounds(minimum: minimum, maximum: maximum))
    self.packet = packet
    offset = packet * Int64(maximum)
  }

  /// Receives one packet that was on the network for `delay` frames.
  mutating func take(_ delay: Int64) {
    now += packet
    let transit = packet + delay
    if transit >= offset { late += 1 }
    let changed = control.note(
      transit: transit, frames: packet, offset: offset, at: DeviceFrame(now))
    if changed, control.requested != offset {
      offset = control.requested
      changes.append((Double(now) / 48_000, offset))
    }
  }

  mutating func run(seconds: Int, _ delay: (Int64) -> Int64) {
    let end = now + Int64(seconds) * 48_000
    while now < end { take(delay(now)) }
  }
}

@Suite("OffsetControl: the least link offset that the network allows (BUF-02)")
struct OffsetControlTests {
  @Test(
    "A quiet network gets the least offset within 10 s and keeps it",
    arguments: [Int64(6), 12, 48, 192])
  func quiet(packet: Int64) throws {
    var bench = ControlBench(packet: packet)
    bench.run(seconds: 600) { _ in 5 }
    let change = try #require(bench.changes.first)
    #expect(bench.changes.count == 1)
    #expect(change.at < 10)
    #expect(bench.late == 0)
    // Two packets, or as many whole packets as hold one packet and a quarter of a millisecond.
    #expect(change.to == max(2 * packet, (packet + 12 + packet - 1) / packet * packet))
  }

  @Test("With jitter, the offset covers the slowest packet and a quarter of a packet")
  func jitter() throws {
    var random = SeededGenerator(seed: 7)
    var bench = ControlBench()
    bench.run(seconds: 20) { _ in .random(in: 0...80, using: &random) }
    #expect(bench.offset == 144)
    #expect(bench.late == 0)
  }

  @Test("A late packet increases the offset at once to the value that it needed")
  func widens() {
    var bench = ControlBench()
    bench.run(seconds: 10) { _ in 5 }
    #expect(bench.offset == 96)
    bench.take(100)
    #expect(bench.offset == 192)
    #expect(bench.late == 1)
  }

  @Test("A calm minute reduces the offset, but a value that was too small not for an hour")
  func narrows() {
    var bench = ControlBench()
    bench.run(seconds: 10) { _ in 150 }
    #expect(bench.offset == 240)
    bench.run(seconds: 125) { _ in 5 }
    #expect(bench.offset == 96)
    bench.take(60)
    #expect(bench.offset == 144)
    bench.run(seconds: 3_000) { _ in 5 }
    #expect(bench.offset == 144)
    bench.run(seconds: 800) { _ in 5 }
    #expect(bench.offset == 96)
  }

  @Test("Delays beyond any offset, and the packets right after them, do not increase the offset")
  func stall() {
    var bench = ControlBench()
    bench.run(seconds: 10) { _ in 5 }
    // The machine stalls for 20 ms, and then all packets arrive at once.
    for missing in stride(from: Int64(960), to: 0, by: -48) { bench.take(missing) }
    bench.run(seconds: 10) { _ in 5 }
    #expect(bench.offset == 96)
    #expect(bench.changes.count == 1)
  }

  @Test(
    "The offset converges within 10 s and does not oscillate in an hour",
    arguments: [0.2, 1.0, 3.0])
  func hour(mean: Double) throws {
    let packet: Int64 = 192
    var random = SeededGenerator(seed: 11)
    var bench = ControlBench(packet: packet)
    // Exponential delays, so that a slower packet is always possible.
    bench.run(seconds: 3_600) { _ in
      let uniform = Double.random(in: 1e-12..<1, using: &random)
      return Int64(-mean * 0.1 * Double(packet) * Double.log(uniform))
    }
    #expect(bench.changes.first?.at ?? 0 < 10)
    // The offset falls once, and then only rises, a packet at a time.
    let offsets = bench.changes.map(\.to)
    let returns = zip(offsets, offsets.dropFirst()).count { $1 < $0 }
    #expect(returns == 0, "seed 11: \(bench.changes)")
    #expect(offsets.count <= 5, "seed 11: \(bench.changes)")
  }
}

extension Double {
  /// The natural logarithm without a mathematical library, exact enough for a distribution.
  fileprivate static func log(_ value: Double) -> Double {
    let exponent = Double(value.exponent)
    let x = (value.significand - 1) / (value.significand + 1)
    let square = x * x
    let series = 2 * x * (1 + square / 3 + square * square / 5 + square * square * square / 7)
    return exponent * 0.693_147_180_559_945_3 + series
  }
}
