// SPDX-License-Identifier: MIT
import MediaClock
import RTP
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

@Suite("ReceiveEngine: packets of any content at any time")
struct AnyPacketTests {
  /// A sender whose header fields jump at random.
  private struct RestlessSender {
    var sequence: UInt16 = 65_000
    var timestamp: UInt32
    var ssrc: UInt32 = 1
    var source = EngineBench.source
    var frames = 48

    mutating func next(_ random: inout SeededGenerator) -> [UInt8] {
      switch Int.random(in: 0..<400, using: &random) {
      case 0: sequence = .random(in: 0...(.max), using: &random)
      case 1: timestamp = .random(in: 0...(.max), using: &random)
      case 2: ssrc = .random(in: 0...(.max), using: &random)
      case 3: frames = [1, 6, 7, 12, 48, 96, 192, 480].randomElement(using: &random) ?? 48
      case 4: timestamp &+= .random(in: 0...20_000, using: &random)
      case 5: timestamp &-= .random(in: 0...20_000, using: &random)
      case 6: sequence &+= .random(in: 1...5_000, using: &random)
      case 7: sequence &-= .random(in: 1...5_000, using: &random)
      case 8: source.port = .random(in: 1...3, using: &random)
      case 9: timestamp &+= .random(in: 0...1 << 31, using: &random)
      case 10...20: sequence &-= 1
      case 21...40: timestamp &+= .random(in: 0...20, using: &random)
      default: break
      }
      var bytes = [UInt8](repeating: 0, count: RTPHeader.size + 3 * frames)
      for index in RTPHeader.size..<bytes.count {
        bytes[index] = .random(in: 0...255, using: &random)
      }
      var span = bytes.mutableSpan
      var raw = unsafe span.mutableBytes
      RTPHeader(
        payloadType: 98, sequence: SequenceNumber(sequence), timestamp: RTPTimestamp(timestamp),
        ssrc: ssrc
      ).write(into: &raw)
      sequence &+= 1
      timestamp &+= UInt32(frames)
      return bytes
    }
  }

  @Test(
    "Nothing traps, no other channel sounds, and proper streams sound again within seconds",
    arguments: 1...4 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bench = EngineBench()
    var media = EngineBench.mediaOffset
    func start(_ index: Int) {
      let packets = Int64.random(in: 1...200, using: &random)
      bench.startReceiver(
        index, channels: 1, firstChannel: index, linkOffset: 48 * packets,
        automatic: Bool.random(using: &random) ? OffsetBounds(minimum: 1, maximum: 20) : nil,
        group: Bool.random(using: &random) ? 3 : nil,
        alignment: Bool.random(using: &random) ? .arrival : .mediaClock(timestampOffset: 0),
        conceals: Bool.random(using: &random), isEquipped: Int.random(in: 0..<4, using: &random) > 0
      )
    }
    for index in 0..<4 { start(index) }
    var senders = (0..<4).map { _ in
      RestlessSender(timestamp: UInt32(truncatingIfNeeded: media.frames))
    }
    var now: Int64 = 0
    var foreign: Int32 = 0
    for _ in 0..<6_000 {
      switch Int.random(in: 0..<2_000, using: &random) {
      case 0: now += .random(in: 0...200_000, using: &random)
      case 1: now += .random(in: 0...20_000, using: &random)
      case 2:
        media.frames += .random(in: -1 << 40...1 << 40, using: &random)
        bench.rebase(media)
      case 3:
        media.frames += .random(in: -3_000...3_000, using: &random)
        bench.rebase(media)
      case 4:
        let index = Int.random(in: 0..<4, using: &random)
        #expect(bench.receiveCommands.queue.push(.stop(receiver: index)))
        bench.tick()
        _ = bench.receiveReturns.queue.pop()
        start(index)
      default: now += .random(in: 0...96, using: &random)
      }
      bench.set(DeviceFrame(now))
      for index in 0..<4 where !Bool.random(using: &random) || index == 0 {
        bench.deliver(senders[index].next(&random), to: index, from: senders[index].source)
      }
      if Int.random(in: 0..<4, using: &random) == 0 { bench.tick() }
      while bench.glitches.queue.pop() != nil {}
      foreign |= bench.captured(4, from: DeviceFrame(now), count: 64).reduce(0, |)
    }
    #expect(foreign == 0)
    // Afterwards all senders are well-behaved.
    now += 30
    var sound = (0..<4).map { _ in SineSender(from: media.media(DeviceFrame(now / 48 * 48))) }
    for _ in 0..<6_000 {
      now += 48
      bench.set(DeviceFrame(now))
      for index in 0..<4 { bench.deliver(sound[index].next(), to: index) }
      while bench.glitches.queue.pop() != nil {}
    }
    for index in 0..<4 {
      let heard = bench.captured(index, from: DeviceFrame(now - 14_400), count: 14_400)
      #expect(roughness(heard) < 3 && heard.contains { $0 > 1 << 28 }, "receiver \(index)")
    }
  }
}
