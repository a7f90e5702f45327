// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

/// The audible result of senders as found in the field, placed by their stamps and by arrival, at fixed and
/// automatic link offsets (field cases 21, 10, 8 and their kinds).
///
/// The simulation is seeded, so that the table is exact. After an intended change, set AES67_WRITE_GOLDEN=1
/// to write the table, and check the difference before the commit.
@Suite("Reception by sender, alignment and link offset")
struct ReceptionTableTests {
  struct Outcome {
    var listener = Listener()
    var lost: UInt64 = 0
    var late: UInt64 = 0
    var early: UInt64 = 0
    var resyncs: UInt64 = 0
    var changes: UInt64 = 0
    /// The frame of the last break, resync or change of the link offset.
    var settled: Int64 = 0
    var offset: Int64 = 0
    var isByArrival = false
  }

  private static let bursts: [Int64] = [48, 240, 480, 576, 768, 960, 1_024, 1_920, 4_800]

  static var senders: [SimulatedSender] {
    var all = bursts.map { SimulatedSender(name: "burst-\($0)", burst: $0) }
    all += [
      SimulatedSender(name: "steady"),
      SimulatedSender(name: "ffmpeg", lengths: [243, 243, 243, 243, 52], burst: 1_024),
      SimulatedSender(
        name: "ffmpeg-head", lengths: [243, 243, 243, 243, 52], burst: 1_024, head: 24_000),
      SimulatedSender(name: "47/49", lengths: [47, 49]),
      SimulatedSender(name: "44/45", lengths: [44, 45]),
      SimulatedSender(name: "5ms", lengths: [240]),
      SimulatedSender(name: "wander-3", wander: 3),
      SimulatedSender(name: "wander-20", wander: 20),
      SimulatedSender(name: "wander-burst", burst: 1_024, wander: 7),
      SimulatedSender(name: "sequence-still", sequenceStep: 0),
      SimulatedSender(name: "sequence-by-3", sequenceStep: 3),
      SimulatedSender(name: "sequence-back", sequenceStep: 0xFFFF),
      SimulatedSender(name: "fast", partsPerMillion: 200, seconds: 13),
      SimulatedSender(name: "slow", partsPerMillion: -200, seconds: 13),
      SimulatedSender(name: "fast-burst", burst: 1_024, partsPerMillion: 200, seconds: 13),
      SimulatedSender(name: "slow-burst", burst: 4_800, partsPerMillion: -200, seconds: 13),
      SimulatedSender(name: "stamps+1000", stampJump: 1_000),
      SimulatedSender(name: "stamps-1000", stampJump: -1_000),
      SimulatedSender(name: "stamps+1e7", stampJump: 10_000_000),
      SimulatedSender(name: "numbers+20000", sequenceJump: 20_000),
      SimulatedSender(name: "pause-burst", burst: 1_024, pause: 14_400),
      SimulatedSender(name: "loss", loss: 5),
      SimulatedSender(name: "loss-mixed", lengths: [243, 243, 243, 243, 52], loss: 5),
      SimulatedSender(name: "ahead-528", ahead: 528),
      SimulatedSender(name: "ahead-768", ahead: 768),
      SimulatedSender(name: "ahead-4800", ahead: 4_800),
      SimulatedSender(name: "joined-late", burst: 1_024, missed: 20),
      SimulatedSender(name: "stalls", stall: 1_920),
    ]
    return all
  }

  @Test("The table of reception, in which every row settles (field cases 21, 10, 8)")
  func table() throws {
    let isWriting = ProcessInfo.processInfo.environment["AES67_WRITE_GOLDEN"] == "1"
    var lines = [
      row(
        "sender", "alignment", "offset", "breaks", "silent", "lost", "late", "resyncs", "moves",
        "settled-ms",
        "offset-then", "placed-by")
    ]
    // All rows are computed only with AES67_LONG=1.
    let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1" || isWriting
    let automatic: Set = ["burst-1024", "ffmpeg", "47/49", "44/45", "ahead-768", "slow"]
    for sender in Self.senders {
      let packets = sender.packets(clock: EngineBench.mediaOffset.frames)
      for isByArrival in [false, true] {
        for offset in [144, 0, 9_600] as [Int64] {
          guard isLong || offset == 144 || offset == 0 && automatic.contains(sender.name) else {
            continue
          }
          let outcome = run(sender, packets, isByArrival: isByArrival, offset: offset)
          expectSettled(outcome, sender, isByArrival: isByArrival, offset: offset)
          lines.append(
            row(
              sender.name, isByArrival ? "arrival" : "stamps", offset == 0 ? "auto" : "\(offset)",
              "\(outcome.listener.breaks)", "\(outcome.listener.silent)", "\(outcome.lost)",
              "\(outcome.late)", "\(outcome.resyncs)", "\(outcome.changes)",
              "\(outcome.settled / 48)", "\(outcome.offset)",
              outcome.isByArrival ? "arrival" : "stamps"))
        }
      }
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/reception.txt")
    if isWriting {
      return try (lines.joined(separator: "\n") + "\n").write(
        to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .filter { line in
        let columns = line.split(separator: " ")
        return isLong || ["offset", "144"].contains(columns[2])
          || columns[2] == "auto" && automatic.contains(String(columns[0]))
      }
    try #require(golden.count == lines.count)
    for (line, expected) in zip(lines, golden) { #expect(line == expected) }
  }

  private func row(_ columns: String...) -> String {
    columns.enumerated().map { index, text in
      let width = index < 2 ? 15 : 12
      let gap = String(repeating: " ", count: max(width - text.count, 1))
      return index < 2 ? text + gap : gap + text
    }.joined()
  }

  /// Every row must settle after the start and after the event at 3 s.
  private func expectSettled(
    _ outcome: Outcome, _ sender: SimulatedSender, isByArrival: Bool, offset: Int64
  ) {
    let row: Comment = "\(sender.name), by \(isByArrival ? "arrival" : "stamps"), offset \(offset)"
    #expect(outcome.resyncs <= 3, row)
    #expect(outcome.changes <= 3, row)
  }

  private func run(
    _ sender: SimulatedSender, _ packets: [SimulatedSender.Packet], isByArrival: Bool, offset: Int64
  ) -> Outcome {
    let bench = EngineBench()
    let longest = sender.lengths.max() ?? 48
    bench.startReceiver(
      channels: 1, linkOffset: offset == 0 ? 6 * longest : offset,
      automatic: offset == 0 ? OffsetBounds(minimum: 2, maximum: 6) : nil,
      alignment: isByArrival ? .arrival : .mediaClock(timestampOffset: 0))
    var outcome = Outcome()
    var next = packets.makeIterator()
    var waiting = next.next()
    let end = sender.seconds * DeviceFormat.second
    // As in the receive thread, no more than 5 ms pass between two looks.
    for look in stride(from: Int64(48), to: end, by: 48) {
      while let packet = waiting, packet.arrival <= look {
        bench.set(DeviceFrame(packet.arrival))
        bench.deliver(packet.bytes)
        waiting = next.next()
      }
      bench.set(DeviceFrame(look))
      bench.tick()
      outcome.listener.hear(
        bench.captured(0, from: DeviceFrame(look - 48), count: 48), from: look - 48)
      let counters = unsafe UnsafePointer(bench.receiverCounters)
      let (resyncs, changes) = unsafe (
        counters.pointee.resyncs.count, counters.pointee.linkOffsetChanges.count
      )
      if resyncs != outcome.resyncs || changes != outcome.changes { outcome.settled = look }
      (outcome.resyncs, outcome.changes) = (resyncs, changes)
    }
    outcome.settled = max(outcome.settled, outcome.listener.last)
    let counters = unsafe UnsafePointer(bench.receiverCounters)
    unsafe outcome.lost = counters.pointee.lost.count
    unsafe outcome.late = counters.pointee.late.count
    unsafe outcome.early = counters.pointee.early.count
    unsafe outcome.offset = Int64(bitPattern: counters.pointee.linkOffset.count)
    unsafe outcome.isByArrival = counters.pointee.unsynchronised.count != 0
    return outcome
  }
}
