// SPDX-License-Identifier: MIT
import Fuzzing
import MediaClock
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Faults and peculiarities of senders")
struct SenderTroubleTests {
  private let bench = EngineBench()
  private let start = EngineBench.mediaOffset
  private var counters: ReceiverCounters {
    _read { yield unsafe bench.receiverCounters.pointee }
  }

  private func heard(_ step: Int64, delay: Int64) -> Bool {
    let frame = DeviceFrame(step * 48)
    return bench.captured(0, from: frame, count: 48)
      == (0..<48).map { SineSender.value(start.frames + frame.index - delay + Int64($0)) }
  }

  @Test("A sender that restarts with an unknown offset is placed by arrival, and flagged (RTP-05)")
  func unknownOffset() {
    bench.startReceiver(channels: 1)
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    for step in 1...100 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(heard(90, delay: 144))
    remote.ssrc = 8
    remote.sequence = 9
    remote.timestampOffset = 2_911_906_980
    for step in 101...300 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(counters.unsynchronised.count == 1)
    #expect(counters.ssrcChanges.count == 1)
    #expect(heard(290, delay: 144))
    // The placement is by stamps again when they follow the media clock again.
    remote.ssrc = 9
    remote.timestampOffset = 0
    for step in 301...500 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(counters.unsynchronised.count == 0)
    #expect(heard(490, delay: 144))
  }

  @Test("Stamps that deviate until the local clock is set are followed from then on")
  func clockBeingSet() {
    bench.startReceiver(channels: 1)
    let truth = MediaOffset(frames: start.frames + 9_000_000)
    var remote = SineSender(from: truth.media(DeviceFrame(0)))
    for step in 1...200 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(counters.unsynchronised.count == 1)
    bench.rebase(truth)
    for step in 201...210 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(counters.unsynchronised.count == 0)
    let frame = DeviceFrame(208 * 48)
    #expect(
      bench.captured(0, from: frame, count: 48)
        == (0..<48).map { SineSender.value(truth.frames + frame.index - 144 + Int64($0)) })
  }

  @Test("Wraps of stamp and sequence, and a return after hours of silence")
  func wrapsAndReturns() {
    bench.startReceiver(channels: 1, alignment: .mediaClock(timestampOffset: 5))
    // Just before the stamp wraps.
    let low = UInt32(truncatingIfNeeded: start.frames)
    bench.startReceiver(channels: 1, alignment: .mediaClock(timestampOffset: 0 &- low &- 480))
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    remote.timestampOffset = 0 &- low &- 480
    remote.sequence = 65_530
    for step in 1...40 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(heard(20, delay: 144))
    #expect(heard(30, delay: 144))
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 40))
    // Eleven hours later, the sequence number is arbitrary.
    let hours: Int64 = 11 * 3_600 * 1_000
    remote.position += hours * 48
    remote.sequence &+= 40_123
    for step in hours + 41...hours + 80 {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    #expect(heard(hours + 70, delay: 144))
    #expect(counters.late.count == 0 && counters.early.count == 0)
  }

  @Test("A late packet leaves a record of the packets around it")
  func glitches() throws {
    bench.startReceiver(channels: 1)
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    for step in 1...60 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48 + (step == 30 ? 200 : 0)))
      bench.deliver(remote.next())
    }
    let record = try #require(bench.glitches.queue.pop())
    #expect(bench.glitches.queue.pop() == nil)
    #expect(record.kind == .late)
    #expect(record.receiver == 0)
    #expect(record.frame == DeviceFrame(1_640))
    #expect(record.noteCount == 16)
    let margins = (0..<16).map { record.notes[$0].margin }
    let worst = try #require(margins.firstIndex(of: 1_392 + 144 - 1_641))
    #expect(record.notes[worst].verdict == .late)
    #expect(record.notes[worst].sequence == 65_500 + 29)
    #expect(worst >= 6 && worst <= 8)
  }

  @Test("Lost packets are recorded as one event, even when nothing follows")
  func lostRecord() throws {
    bench.startReceiver(channels: 1)
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    for step in 1...20 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      if (10..<13).contains(step) { remote.skip() } else { bench.deliver(remote.next()) }
    }
    bench.set(DeviceFrame(10_000))
    bench.tick()
    let record = try #require(bench.glitches.queue.pop())
    #expect(record.kind == .lost && record.count == 3)
  }

  /// The cause of a silence.
  enum Break { case loss, newSender, pause }

  @Test(
    "A silence of 100 ms or more is recorded as a gap, a shorter one as loss",
    arguments: [
      (98, Break.loss, GlitchKind.lost), (101, .loss, .gap), (5_000, .loss, .gap),
      (101, .newSender, .gap), (5_000, .newSender, .gap),
      (101, .pause, .gap), (5_000, .pause, .gap),
    ] as [(Int64, Break, GlitchKind)])
  func gap(silent: Int64, from cause: Break, kind: GlitchKind) throws {
    bench.startReceiver(channels: 1)
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    for step in 1...silent + 60 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      if step == 30, cause == .newSender { remote.ssrc += 1 }
      guard (30..<30 + silent).contains(step) else {
        bench.deliver(remote.next())
        continue
      }
      if cause == .loss { remote.skip() } else { remote.position += 48 }
      bench.tick()
    }
    let record = try #require(bench.glitches.queue.pop())
    #expect(bench.glitches.queue.pop() == nil)
    #expect(record.kind == kind)
    // A loss is known when the frames can no longer be played: a packet later here.
    #expect(record.frame == DeviceFrame((30 + silent) * 48 + (kind == .lost ? 48 : 0)))
    #expect(record.count == silent)
    #expect(record.noteCount == 16)
  }

  @Test("Arrivals and jitter are measured (RFC 3550, 6.4.1)")
  func measured() {
    bench.startReceiver(channels: 1)
    var remote = SineSender(from: start.media(DeviceFrame(0)))
    for step in 1...1_000 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48 + (step % 2) * 16))
      bench.deliver(remote.next())
    }
    // Every other packet comes 16 frames later: the change is always 16.
    #expect(counters.jitter.count / 16 == 15 || counters.jitter.count / 16 == 16)
    #expect(counters.arrivals.count == 1_000)
    #expect(counters.arrivals.count(Histogram.bin(of: 95)) == 500)
    #expect(counters.arrivals.count(Histogram.bin(of: 79)) == 500)
    // The sum is exact for any width of the bins.
    #expect(counters.arrivals.sum == 500 * 95 + 500 * 79)
  }

  @Test("Invalid packets are counted, and do not affect another stream")
  func fuzz() {
    bench.startReceiver(0, channels: 2, firstChannel: 0)
    bench.startReceiver(1, channels: 1, firstChannel: 2)
    var random = SeededGenerator(seed: 46)
    var good = SineSender(from: start.media(DeviceFrame(0)))
    let rounds = min(fuzzRounds, 20_000)
    for step in 1...Int64(rounds) {
      bench.set(DeviceFrame(step * 48))
      var bytes = [UInt8](repeating: 0, count: .random(in: 0...400, using: &random))
      for index in bytes.indices { bytes[index] = .random(in: 0...255, using: &random) }
      if !bytes.isEmpty, step % 3 == 0 { bytes[0] = 0x80 | bytes[0] & 0x3F }
      bench.deliver(bytes, to: 0)
      bench.deliver(good.next(), to: 1)
      if step % 1_000 == 0 {
        let frame = DeviceFrame(step * 48 - 48)
        let heard = bench.captured(2, from: frame, count: 48)
        let sent = (0..<48).map { SineSender.value(start.frames + frame.index - 144 + Int64($0)) }
        #expect(heard == sent, "seed 46, step \(step)")
      }
    }
    let counts = unsafe bench.receiverCounters[0].packets
    #expect(counts == UInt64(rounds), "every packet is counted once")
    #expect(unsafe Counts(bench.receiverCounters + 1) == Counts(inTime: UInt64(rounds)))
  }
}
