// SPDX-License-Identifier: MIT
import MediaClock
import RTP
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

/// The placement of packets by stamp, sequence number and arrival (field cases 8, 10, 12, 21 and their
/// kinds).
@Suite("Placement by stamp, sequence number and arrival")
struct PlacementTests {
  private let bench = EngineBench()
  private let start = EngineBench.mediaOffset
  private var counters: ReceiverCounters {
    _read { yield unsafe bench.receiverCounters.pointee }
  }

  /// Sends packets of `lengths` in turns, each as soon as it is sampled. `change` may alter sequence number
  /// and stamp, and returns false if the packet is lost.
  private func send(
    _ count: Int, lengths: [Int] = [48],
    _ change: (Int, inout RemoteSender) -> Bool = { _, _ in true }
  ) {
    var remote = RemoteSender(from: start.media(DeviceFrame(0)))
    remote.channels = 1
    var sequence = remote.sequence
    var stamp = remote.timestamp
    for number in 0..<count {
      remote.frames = lengths[number % lengths.count]
      (remote.sequence, remote.timestamp) = (sequence, stamp)
      let isSent = change(number, &remote)
      let position = remote.position
      let bytes = remote.next()
      bench.set(DeviceFrame(Int64(position + remote.frames)))
      if isSent { bench.deliver(bytes) }
      sequence &+= 1
      stamp &+= UInt32(remote.frames)
    }
    bench.set(bench.now + 2_000)
    bench.tick()
  }

  private func expectWhole(_ frames: Int, delay: Int64 = 144, from first: Int = 0) {
    let heard = bench.captured(0, from: DeviceFrame(delay + Int64(first)), count: frames - first)
    #expect(heard == (first..<frames).map { pattern($0, 0) << 8 })
  }

  private static let alignments = [Alignment.mediaClock(timestampOffset: 0), .arrival]

  @Test(
    "Sequence numbers that stand still, step or run backwards lose no frame", arguments: alignments)
  func sequences(alignment: Alignment) {
    for step in [0, 2, 7, 0xFFFF, 0x8123] as [UInt16] {
      let bench = PlacementTests()
      bench.bench.startReceiver(channels: 1, alignment: alignment)
      bench.send(200) { number, remote in
        remote.sequence = 65_500 &+ UInt16(truncatingIfNeeded: number) &* step
        return true
      }
      bench.expectWhole(9_600)
      let counts = unsafe Counts(UnsafePointer(bench.bench.receiverCounters))
      #expect(counts == Counts(inTime: 200), "step \(step)")
      #expect(bench.counters.irregularSequences.count == 199, "step \(step)")
    }
  }

  @Test(
    "Stamps that wander with an unbroken sequence leave samples contiguous", arguments: alignments
  )
  func wandering(alignment: Alignment) {
    bench.startReceiver(channels: 1, alignment: alignment)
    let wander = [0, 5, -7, 31, -40, 2, 0, 11]
    send(200) { number, remote in
      remote.timestamp &+= UInt32(bitPattern: Int32(wander[number % 8]))
      return true
    }
    expectWhole(9_600)
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 200))
    #expect(counters.irregularTimestamps.count > 150)
  }

  @Test("A single wrong stamp loses no frame", arguments: alignments)
  func wrongStamp(alignment: Alignment) {
    for wrong in [1_000_000, 0x7FFF_0000, 0 &- 5_000_000] as [UInt32] {
      let bench = PlacementTests()
      bench.bench.startReceiver(channels: 1, alignment: alignment)
      bench.send(200) { number, remote in
        if number == 100 { remote.timestamp &+= wrong }
        return true
      }
      bench.expectWhole(9_600)
      #expect(bench.counters.inTime.count == 200, "\(wrong)")
    }
  }

  @Test("A jump of the stamps alone is a gap, after which the phase is kept")
  func leftOut() {
    for missing in [48, 17] {
      let bench = PlacementTests()
      bench.bench.startReceiver(channels: 1)
      bench.send(300) { number, remote in
        if number >= 100 { remote.timestamp &+= UInt32(missing) }
        return true
      }
      bench.expectWhole(14_400, delay: 144 + Int64(missing), from: 9_600)
      #expect(bench.counters.unsynchronised.count == 0)
      #expect(bench.counters.inTime.count == 300)
    }
  }

  @Test(
    "Lost packets among packets of other lengths are gaps of their own length",
    arguments: alignments)
  func lossBetweenLengths(alignment: Alignment) {
    bench.startReceiver(channels: 1, linkOffset: 480, alignment: alignment, conceals: false)
    let lost: Set = [10, 24, 25, 33, 60]
    send(100, lengths: [47, 49, 12, 96]) { number, _ in !lost.contains(number) }
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 95, lost: 5))
    // By arrival, the first packet may set another delay than its stamp.
    var position = 0
    for number in 0..<100 {
      let length = [47, 49, 12, 96][number % 4]
      let heard = bench.captured(0, from: DeviceFrame(Int64(480 + position)), count: length)
      let sent = (position..<position + length).map {
        lost.contains(number) ? 0 : pattern($0, 0) << 8
      }
      #expect(heard == sent, "packet \(number)")
      position += length
    }
  }

  @Test(
    "Stamps ahead of their packets are followed exactly, in phase (field case 8)",
    arguments: [432, 528, 768, 4_800, 14_000])
  func ahead(frames: Int64) {
    bench.startReceiver(channels: 1)
    send(400) { _, remote in
      remote.timestamp &+= UInt32(frames)
      return true
    }
    expectWhole(19_200, delay: 144 + frames, from: 9_600)
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 400))
    #expect(counters.unsynchronised.count == 0)
  }

  @Test("Stamps further ahead than the ring holds are placed by arrival, once")
  func tooFarAhead() {
    bench.startReceiver(channels: 1)
    send(400) { _, remote in
      remote.timestamp &+= 17_000
      return true
    }
    #expect(counters.unsynchronised.count == 1)
    #expect(counters.resyncs.count == 1 && counters.clockResyncs.count == 1)
    expectWhole(19_200, delay: 144, from: 9_600)
  }

  @Test("A sender that the source filter excludes is recorded (field case 12)")
  func refused() {
    bench.startReceiver(channels: 1, source: 0xAC11_0001)
    send(3)
    #expect(counters.foreign.count == 3)
    #expect(counters.refusedSource.count == UInt64(EngineBench.source.address))
  }

  @Test(
    "An automatic link offset settles within 4 s with any packet lengths (field case 10)",
    arguments: [[47, 49], [44, 45], [243, 243, 243, 243, 52], [6, 6, 12], [96, 48, 24]])
  func mixedLengths(lengths: [Int]) {
    let longest = Int64(lengths.max() ?? 0)
    bench.startReceiver(
      channels: 1, linkOffset: 6 * longest, automatic: OffsetBounds(minimum: 2, maximum: 6))
    let mean = lengths.reduce(0, +) / lengths.count
    send(4 * 48_000 / mean, lengths: lengths)
    #expect(counters.linkOffsetChanges.count == 1)
    let settled = Int64(counters.linkOffset.count)
    #expect(settled == max(2 * longest, (longest + 12 + longest - 1) / longest * longest))
    #expect(counters.late.count == 0)
  }

  @Test(
    "The length of bursts and the link offset that they need are measured",
    arguments: [480, 1_024, 4_800] as [Int64])
  func bursts(length: Int64) {
    let sender = SimulatedSender(name: "burst", burst: length, seconds: 3)
    for alignment in Self.alignments {
      let bench = EngineBench()
      bench.startReceiver(channels: 1, linkOffset: 9_600, alignment: alignment)
      for packet in sender.packets(clock: EngineBench.mediaOffset.frames) {
        bench.set(DeviceFrame(packet.arrival))
        bench.deliver(packet.bytes)
      }
      let burst = unsafe Int64(bench.receiverCounters.pointee.burst.count)
      let needed = unsafe Int64(bench.receiverCounters.pointee.neededOffset.count)
      #expect(burst >= length && burst < length + 48)
      #expect(needed > burst && needed <= burst + max(burst / 8, 12) + 1)
    }
  }
}
