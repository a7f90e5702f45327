// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import RTP
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

/// The numbers of late and lost packets on a network with jitter and lost bursts, with fixed and automatic
/// link offsets.
///
/// The simulation uses integers and a seed, so that the table is exact. After an intended change, set
/// AES67_WRITE_GOLDEN=1 to write the table, and check the difference before the commit.
@Suite("Late and lost packets by jitter, loss, link offset and packet time")
struct LateTableTests {
  struct Case {
    var frames: Int
    /// The greatest additional delay of a packet, in frames.
    var jitter: Int64
    /// The number of packets lost in a row, once in 500 packets.
    var burst: Int
    /// The link offset in packets; 0 for automatic, 2 to 6.
    var offset: Int64
  }

  struct Outcome {
    var late: UInt64 = 0
    var lost: UInt64 = 0
    /// The link offset in force at the end in packets, the number of its changes, and the time of the last
    /// one in ms.
    var offset: Int64 = 0
    var changes: UInt64 = 0
    var lastChange: Int64 = 0
    var injected: UInt64 = 0
  }

  private static var cases: [Case] {
    var cases: [Case] = []
    for frames in [12, 48] {
      for jitter in [0, 24, 96] as [Int64] {
        for burst in [0, 1, 4] {
          // An automatic offset needs many packets, so that fewer cases are tested with short packets.
          for offset in (frames < 48 && burst != 1 ? [2, 4, 6] : [2, 4, 6, 0]) as [Int64] {
            cases.append(Case(frames: frames, jitter: jitter, burst: burst, offset: offset))
          }
        }
      }
    }
    return cases
  }

  @Test("The table of late and lost packets, fixed and automatic (BUF-02)")
  func table() throws {
    var lines = ["frames jitter burst offset   late   lost offset-then changes last-ms"]
    for each in Self.cases {
      // An automatic offset must be found within 10 s.
      let outcome = run(each, seconds: each.offset == 0 ? 12 : 1)
      // A packet behind its deadline has been counted as lost by then, and is counted as late as well.
      #expect(outcome.lost >= outcome.injected, "\(each)")
      #expect(outcome.lost <= outcome.injected + outcome.late, "\(each)")
      if each.offset == 0 { #expect(outcome.lastChange <= 10_000, "\(each)") }
      let columns: [(String, Int)] = [
        ("\(each.frames)", 6), ("\(each.jitter)", 7), ("\(each.burst)", 6),
        (each.offset == 0 ? "auto" : "\(each.offset)", 7), ("\(outcome.late)", 7),
        ("\(outcome.lost)", 7), ("\(outcome.offset)", 12), ("\(outcome.changes)", 8),
        ("\(outcome.lastChange)", 8),
      ]
      lines.append(
        columns.map { String(repeating: " ", count: max($1 - $0.count, 1)) + $0 }.joined())
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/late.txt")
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["AES67_WRITE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let golden = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    try #require(golden.count == lines.count)
    for (line, expected) in zip(lines, golden) { #expect(line == expected) }
  }

  private func run(_ each: Case, seconds: Int64) -> Outcome {
    let bench = EngineBench()
    let length = Int64(each.frames)
    bench.startReceiver(
      channels: 1, linkOffset: (each.offset == 0 ? 6 : each.offset) * length,
      automatic: each.offset == 0 ? OffsetBounds(minimum: 2, maximum: 6) : nil)
    var random = SeededGenerator(seed: 49)
    var outcome = Outcome()
    var packet = [UInt8](repeating: 0, count: 12 + 3 * each.frames)
    // Packets are delivered in the order of their arrival.
    var waiting: [(arrival: Int64, number: Int64)] = []
    let count = seconds * 48_000 / length
    for number in 0..<count + 40 {
      if number < count {
        let place = Int(number % 500)
        if place >= 250, place < 250 + each.burst {
          outcome.injected += 1
        } else {
          let delay = each.jitter == 0 ? 0 : Int64.random(in: 0...each.jitter, using: &random)
          waiting.append(((number + 1) * length + delay, number))
        }
      }
      let now = (number + 1) * length
      waiting.sort { $0.arrival < $1.arrival }
      while let first = waiting.first, first.arrival <= now {
        waiting.removeFirst()
        bench.set(DeviceFrame(first.arrival))
        write(first.number, length, into: &packet)
        bench.deliver(packet)
      }
      bench.set(DeviceFrame(now))
      bench.tick()
      let changes = unsafe bench.receiverCounters.pointee.linkOffsetChanges.count
      if changes != outcome.changes {
        outcome.changes = changes
        outcome.lastChange = now / 48
      }
    }
    unsafe outcome.late = bench.receiverCounters.pointee.late.count
    unsafe outcome.lost = bench.receiverCounters.pointee.lost.count
    unsafe outcome.offset = Int64(bench.receiverCounters.pointee.linkOffset.count) / length
    return outcome
  }

  private func write(_ number: Int64, _ length: Int64, into packet: inout [UInt8]) {
    let first = EngineBench.mediaOffset.media(DeviceFrame(number * length))
    var span = packet.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: 98, sequence: SequenceNumber(UInt16(truncatingIfNeeded: number)),
      timestamp: RTPTimestamp(first, offset: 0), ssrc: 7
    ).write(into: &raw)
  }
}
