// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import RTP
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

/// A remote sender that returns one packet at a time.
struct RemoteSender {
  var sequence: UInt16 = 65_000
  var timestamp: UInt32
  var ssrc: UInt32 = 0x1234_5678
  var channels = 8
  var frames = 48
  var position = 0
  var encoding = SampleEncoding.l24
  var payloadType: UInt8 = 98

  /// - Parameter media: the media frame of its first sample.
  init(from media: MediaFrame, offset: UInt32 = 0) {
    timestamp = RTPTimestamp(media, offset: offset).value
  }

  mutating func next() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 12)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: payloadType, sequence: SequenceNumber(sequence),
      timestamp: RTPTimestamp(timestamp), ssrc: ssrc
    ).write(into: &raw)
    for frame in position..<position + frames {
      for channel in 0..<channels {
        let value = UInt32(bitPattern: pattern(frame, channel) << 8)
        bytes += [UInt8(value >> 24), UInt8(value >> 16 & 255)]
        if encoding == .l24 { bytes.append(UInt8(value >> 8 & 255)) }
      }
    }
    skip()
    return bytes
  }

  /// Skips the next packet, as if it were lost.
  mutating func skip() {
    sequence &+= 1
    timestamp &+= UInt32(frames)
    position += frames
  }
}

@Suite("ReceiveEngine: from packets to the capture ring")
struct ReceiveEngineTests {
  private func counters(_ bench: EngineBench, _ index: Int = 0) -> Counts {
    unsafe Counts(UnsafePointer(bench.receiverCounters + index))
  }

  private func media(_ frame: Int64) -> MediaFrame {
    EngineBench.mediaOffset.media(DeviceFrame(frame))
  }

  @Test(
    "Frame n is captured at media time n + link offset, exactly (LNK-01)",
    arguments: [
      (frames: 6, linkOffset: Int64(18)), (12, 36), (16, 48), (48, 144), (48, 9_600), (192, 240),
    ])
  func place(frames: Int, linkOffset: Int64) {
    let bench = EngineBench()
    bench.startReceiver(firstChannel: 24, linkOffset: linkOffset)
    var remote = RemoteSender(from: media(960))
    remote.frames = frames
    for step in 0..<20 {
      bench.set(DeviceFrame(960 + Int64(frames * (step + 1))))
      bench.deliver(remote.next())
    }
    let count = 20 * frames
    for channel in 0..<8 {
      let heard = bench.captured(
        24 + channel, from: DeviceFrame(960 + linkOffset - 10), count: count + 20)
      let expected =
        [Int32](repeating: 0, count: 10) + (0..<count).map { pattern($0, channel) << 8 }
        + [Int32](repeating: 0, count: 10)
      #expect(heard == expected, "channel \(channel)")
    }
    #expect(counters(bench) == Counts(inTime: 20))
  }

  @Test("A sender's mediaclk offset is honoured (CLK-03)")
  func timestampOffset() {
    let bench = EngineBench()
    bench.startReceiver(alignment: .mediaClock(timestampOffset: 2_911_906_980))
    var remote = RemoteSender(from: media(480), offset: 2_911_906_980)
    bench.set(DeviceFrame(528))
    bench.deliver(remote.next())
    let heard = bench.captured(3, from: DeviceFrame(480 + 144), count: 48)
    #expect(heard == (0..<48).map { pattern($0, 3) << 8 })
  }

  @Test("L16 samples are the upper 16 of 24 bits (AES-03)")
  func l16() {
    let bench = EngineBench()
    bench.startReceiver(encoding: .l16)
    var remote = RemoteSender(from: media(480))
    remote.encoding = .l16
    bench.set(DeviceFrame(528))
    bench.deliver(remote.next())
    let heard = bench.captured(3, from: DeviceFrame(480 + 144), count: 48)
    #expect(heard == (0..<48).map { (pattern($0, 3) << 8) & ~0xFFFF })
  }

  @Test(
    "Without a PTP clock the first packet's arrival decides (CLK-05)",
    arguments: [
      UInt32(0), 2_911_906_980, 4_294_967_195,
    ])
  func arrival(timestamp: UInt32) {
    let bench = EngineBench()
    bench.startReceiver(alignment: .arrival)
    var remote = RemoteSender(from: MediaFrame(0), offset: timestamp)
    for step in 0..<10 as Range<Int64> {
      // The network jitters; the time stamps do not.
      bench.set(DeviceFrame(1_000 + step * 48 + (step * 7 % 20)))
      bench.deliver(remote.next())
    }
    let heard = bench.captured(0, from: DeviceFrame(1_000 - 48 + 144), count: 480)
    #expect(heard == (0..<480).map { pattern($0, 0) << 8 })
    #expect(counters(bench) == Counts(inTime: 10))
  }

  @Test("Loss, reordering and duplicates are counted separately, and only lost frames are silent")
  func impaired() {
    let bench = EngineBench()
    bench.startReceiver(linkOffset: 480, conceals: false)
    var remote = RemoteSender(from: media(0))
    var held: [[UInt8]] = []
    for step in 0..<100 {
      bench.set(DeviceFrame(Int64(48 * (step + 1))))
      let packet = remote.next()
      if step == 20 || step == 21 || step == 50 { continue }  // lost
      if step == 30 {
        held = [packet]
        continue
      }  // overtaken
      bench.deliver(packet)
      if step == 33 { for late in held { bench.deliver(late) } }
      if step == 40 { bench.deliver(packet) }  // twice
    }
    bench.set(DeviceFrame(10_000))
    bench.tick()
    #expect(
      counters(bench) == Counts(inTime: 97, duplicate: 1, reordered: 1, lost: 3))
    let heard = bench.captured(5, from: DeviceFrame(480), count: 4_800)
    for (frame, value) in heard.enumerated() {
      let lost = [20, 21, 50].contains(frame / 48)
      #expect(value == (lost ? 0 : pattern(frame, 5) << 8), "frame \(frame)")
    }
  }

  @Test("A packet behind the play head is late, but its frames ahead of the play head are played")
  func late() {
    let bench = EngineBench()
    bench.startReceiver(linkOffset: 96)
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(96 + 9))  // Frames up to 105 may have been read.
    bench.deliver(remote.next())
    #expect(counters(bench) == Counts(late: 1))
    let heard = bench.captured(0, from: DeviceFrame(96), count: 48)
    #expect(heard[..<10].allSatisfy { $0 == 0 })
    #expect(heard[10] == pattern(10, 0) << 8 && heard[47] == pattern(47, 0) << 8)
    bench.set(DeviceFrame(2_000))
    bench.deliver(remote.next())
    #expect(counters(bench) == Counts(late: 2))
  }

  @Test("A packet beyond the window is early, and overwrites nothing")
  func early() {
    let bench = EngineBench()
    bench.startReceiver()
    bench.set(DeviceFrame(1_000))
    var remote = RemoteSender(from: media(1_000 + CaptureRing.window))
    bench.deliver(remote.next())
    #expect(counters(bench) == Counts(early: 1))
    for frame in stride(from: 0, to: Int64(AES67_RING_FRAMES), by: 1_024) {
      #expect(bench.captured(0, from: DeviceFrame(frame), count: 1_024).allSatisfy { $0 == 0 })
    }
  }

  @Test("Played frames are silent when their slots are used again (BUF-03)")
  func silenced() {
    let bench = EngineBench()
    bench.startReceiver()
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(48))
    bench.deliver(remote.next())
    #expect(bench.captured(0, from: DeviceFrame(144), count: 48).contains { $0 != 0 })
    bench.set(DeviceFrame(144 + Int64(AES67_RING_FRAMES)))
    bench.tick()
    let again = DeviceFrame(144 + Int64(AES67_RING_FRAMES))
    #expect(bench.captured(0, from: again, count: 48).allSatisfy { $0 == 0 })
    // The same holds after a stall of several rings.
    bench.set(DeviceFrame(10 * Int64(AES67_RING_FRAMES)))
    bench.tick()
    let later = bench.captured(0, from: bench.now - 1_000, count: 16_000)
    #expect(later.allSatisfy { $0 == 0 })
  }

  @Test(
    "Played frames are silent in each later lap of the ring, with any step (BUF-03)",
    arguments: [480, 960, 16_000, 40_000, 3 * Int64(AES67_RING_FRAMES) + 1_000])
  func silencedForGood(step: Int64) {
    let bench = EngineBench()
    bench.startReceiver()
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(48))
    bench.deliver(remote.next())
    #expect(bench.captured(0, from: DeviceFrame(144), count: 48).contains { $0 != 0 })
    var now = DeviceFrame(48)
    while now < DeviceFrame(4 * Int64(AES67_RING_FRAMES)) {
      now = now + step
      bench.set(now)
      bench.tick()
      let start = max(DeviceFrame(192), now - min(step, Int64(AES67_RING_FRAMES) / 2))
      let heard = bench.captured(0, from: start, count: Int(now - start))
      #expect(heard.allSatisfy { $0 == 0 }, "from frame \(start)")
    }
  }

  @Test("A restarted sender is followed at once; an intruder is counted, not played (RTP-05)")
  func sources() {
    let bench = EngineBench()
    bench.startReceiver()
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(48))
    bench.deliver(remote.next())

    var intruder = RemoteSender(from: media(48))
    intruder.ssrc = 99
    bench.set(DeviceFrame(96))
    bench.deliver(intruder.next(), from: PacketSource(address: 0x0A43_0099, port: 5_004))
    #expect(counters(bench) == Counts(inTime: 1, foreign: 1))
    #expect(bench.captured(0, from: DeviceFrame(48 + 144), count: 48).allSatisfy { $0 == 0 })

    remote.skip()
    remote.ssrc = 77
    remote.sequence = 5
    bench.set(DeviceFrame(144))
    bench.deliver(remote.next())
    #expect(counters(bench) == Counts(inTime: 2, foreign: 1, resyncs: 1))
    #expect(unsafe bench.receiverCounters.pointee.ssrc.count == 77)

    // The first sender falls silent; after 100 ms another one may take its place.
    var heir = RemoteSender(from: media(144 + 4_800))
    heir.ssrc = 55
    bench.set(DeviceFrame(144 + 4_848))
    bench.deliver(heir.next(), from: PacketSource(address: 0x0A43_0099, port: 5_004))
    #expect(counters(bench) == Counts(inTime: 3, foreign: 1, resyncs: 2))
  }

  @Test("An intruder does not take over while the sender's timestamps are judged again")
  func intruderAtAModeChange() {
    let bench = EngineBench()
    bench.startReceiver(channels: 1)
    var sender = SineSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    var intruder = sender
    intruder.ssrc = 9
    for step in 1...300 {
      bench.set(DeviceFrame(Int64(step * 48 + 5)))
      if step == 100 {
        sender.sequence &+= 100
        sender.timestampOffset = 10_000_000
      }
      bench.deliver(sender.next())
      bench.deliver(intruder.next(), from: PacketSource(address: 0x0A43_0003, port: 1))
    }
    #expect(counters(bench).foreign == 300)
    #expect(unsafe bench.receiverCounters[0].unsynchronised.count == 1)
    #expect(unsafe bench.receiverCounters[0].ssrc.count == 7)
  }

  @Test("A source filter excludes all other sources")
  func sourceFilter() {
    let bench = EngineBench()
    bench.startReceiver(source: 0x0A43_0002)
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(48))
    bench.deliver(remote.next(), from: PacketSource(address: 0x0A43_0003, port: 1))
    bench.deliver(remote.next(), from: PacketSource(address: 0x0A43_0002, port: 1))
    #expect(counters(bench) == Counts(inTime: 1, foreign: 1))
  }

  @Test("Packets of another format are malformed, and the stream continues (RTP-08)")
  func malformed() {
    let bench = EngineBench()
    bench.startReceiver(payloadType: 98)
    var remote = RemoteSender(from: media(0))
    bench.set(DeviceFrame(48))
    bench.deliver([])
    bench.deliver([0x80])
    bench.deliver([UInt8](repeating: 0, count: 1_164))
    bench.deliver(Array(remote.next().dropLast()))
    var other = remote
    other.payloadType = 97
    bench.deliver(other.next())
    bench.deliver(Array(remote.next()[..<12]))
    bench.deliver(remote.next())
    #expect(counters(bench) == Counts(inTime: 1, malformed: 6))
  }

  @Test("The packet time is that of the payload (AES-08)")
  func packetTime() {
    let bench = EngineBench()
    bench.startReceiver()
    var remote = RemoteSender(from: media(0))
    for frames in [48, 12, 6, 48] {
      remote.frames = frames
      bench.set(DeviceFrame(Int64(remote.position + frames)))
      bench.deliver(remote.next())
    }
    let heard = bench.captured(1, from: DeviceFrame(144), count: 114)
    #expect(heard == (0..<114).map { pattern($0, 1) << 8 })
  }

  @Test("A stopped receiver is returned")
  func stopping() {
    let bench = EngineBench()
    bench.startReceiver(3)
    bench.tick()
    #expect(bench.receiveCommands.queue.push(.stop(receiver: 3)))
    bench.tick()
    #expect(bench.receiveReturns.queue.pop() == .receiverStopped(3))
    var remote = RemoteSender(from: media(0))
    bench.deliver(remote.next(), to: 3)
    bench.deliver(remote.next(), to: 64)
    bench.deliver(remote.next(), to: -1)
    #expect(counters(bench, 3) == Counts())
  }
}

/// A receiver's counters at one moment.
struct Counts: Equatable {
  var inTime: UInt64 = 0
  var late: UInt64 = 0
  var early: UInt64 = 0
  var duplicate: UInt64 = 0
  var foreign: UInt64 = 0
  var malformed: UInt64 = 0
  var reordered: UInt64 = 0
  var lost: UInt64 = 0
  var resyncs: UInt64 = 0

  init(
    inTime: UInt64 = 0, late: UInt64 = 0, early: UInt64 = 0, duplicate: UInt64 = 0,
    foreign: UInt64 = 0, malformed: UInt64 = 0, reordered: UInt64 = 0, lost: UInt64 = 0,
    resyncs: UInt64 = 0
  ) {
    (self.inTime, self.late, self.early) = (inTime, late, early)
    (self.duplicate, self.foreign, self.malformed) = (duplicate, foreign, malformed)
    (self.reordered, self.lost, self.resyncs) = (reordered, lost, resyncs)
  }

  init(_ counters: UnsafePointer<ReceiverCounters>) {
    unsafe self.init(
      inTime: counters.pointee.inTime.count, late: counters.pointee.late.count,
      early: counters.pointee.early.count, duplicate: counters.pointee.duplicate.count,
      foreign: counters.pointee.foreign.count, malformed: counters.pointee.malformed.count,
      reordered: counters.pointee.reordered.count, lost: counters.pointee.lost.count,
      resyncs: counters.pointee.resyncs.count)
  }
}
