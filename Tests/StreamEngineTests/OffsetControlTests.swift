// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import StreamEngine
import Testing

/// A receiver's judgement, and a network for it: packets with a delay each, and the offset followed.
private struct Judged {
  var control: OffsetControl
  var offset: Int64
  var now: Int64 = 0
  let packet: Int64
  private(set) var late = 0
  /// When the offset changed, in seconds, and to what.
  private(set) var changes: [(at: Double, to: Int64)] = []

  init(packet: Int64 = 48, minimum: Int = 2, maximum: Int = 6) {
    control = OffsetControl(OffsetBounds(minimum: minimum, maximum: maximum))
    self.packet = packet
    offset = packet * Int64(maximum)
  }

  /// One packet that was on the network for `delay` frames.
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

@Suite("OffsetControl: as short as the network allows, and not shorter (BUF-02)")
struct OffsetControlTests {
  @Test(
    "A quiet network gets the least offset within 10 s and keeps it",
    arguments: [Int64(6), 12, 48, 192])
  func quiet(packet: Int64) throws {
    var judged = Judged(packet: packet)
    judged.run(seconds: 600) { _ in 5 }
    let change = try #require(judged.changes.first)
    #expect(judged.changes.count == 1)
    #expect(change.at < 10)
    #expect(judged.late == 0)
    // At least a packet and a quarter of a millisecond; what the delay needs where that is more.
    #expect(change.to == max(2 * packet, (packet + 12 + packet - 1) / packet * packet))
  }

  @Test("Jitter gets what it needs: the slowest packet, and a quarter of a packet")
  func jitter() throws {
    var random = SeededGenerator(seed: 7)
    var judged = Judged()
    judged.run(seconds: 20) { _ in .random(in: 0...80, using: &random) }
    #expect(judged.offset == 144)
    #expect(judged.late == 0)
  }

  @Test("A late packet widens at once, to what it needed")
  func widens() {
    var judged = Judged()
    judged.run(seconds: 10) { _ in 5 }
    #expect(judged.offset == 96)
    judged.take(100)
    #expect(judged.offset == 192)
    #expect(judged.late == 1)
  }

  @Test("Calm of a minute narrows, but what was too small is not tried again for an hour")
  func narrows() {
    var judged = Judged()
    judged.run(seconds: 10) { _ in 150 }
    #expect(judged.offset == 240)
    judged.run(seconds: 125) { _ in 5 }
    #expect(judged.offset == 96)
    judged.take(60)
    #expect(judged.offset == 144)
    judged.run(seconds: 3_000) { _ in 5 }
    #expect(judged.offset == 144)
    judged.run(seconds: 800) { _ in 5 }
    #expect(judged.offset == 96)
  }

  @Test("What no offset could hold, and what comes on its heels, is no reason to widen")
  func stall() {
    var judged = Judged()
    judged.run(seconds: 10) { _ in 5 }
    // The machine stands still for 20 ms, then everything comes at once.
    for missing in stride(from: Int64(960), to: 0, by: -48) { judged.take(missing) }
    judged.run(seconds: 10) { _ in 5 }
    #expect(judged.offset == 96)
    #expect(judged.changes.count == 1)
  }

  @Test(
    "It converges within 10 s and does not oscillate in an hour",
    arguments: [0.2, 1.0, 3.0])
  func hour(mean: Double) throws {
    let packet: Int64 = 192
    var random = SeededGenerator(seed: 11)
    var judged = Judged(packet: packet)
    // Exponential delays: there is always a slower packet still to come.
    judged.run(seconds: 3_600) { _ in
      let uniform = Double.random(in: 1e-12..<1, using: &random)
      return Int64(-mean * 0.1 * Double(packet) * Double.log(uniform))
    }
    #expect(judged.changes.first?.at ?? 0 < 10)
    // Down once, then only up, a packet at a time: never back to what was too small.
    let offsets = judged.changes.map(\.to)
    let returns = zip(offsets, offsets.dropFirst()).count { $1 < $0 }
    #expect(returns == 0, "seed 11: \(judged.changes)")
    #expect(offsets.count <= 5, "seed 11: \(judged.changes)")
  }
}

extension Double {
  /// The natural logarithm, without a mathematical library: enough for a distribution.
  fileprivate static func log(_ value: Double) -> Double {
    let exponent = Double(value.exponent)
    let x = (value.significand - 1) / (value.significand + 1)
    let square = x * x
    let series = 2 * x * (1 + square / 3 + square * square / 5 + square * square * square / 7)
    return exponent * 0.693_147_180_559_945_3 + series
  }
}
