// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

@Suite("TransmitEngine: from playback rings to packets")
struct TransmitEngineTests {
  /// A bench with a 64-channel client in slot 0, playing `frames` of the pattern from frame 480.
  private func playing(frames: Int = 4_800) -> (EngineBench, PlayingClient) {
    let bench = EngineBench()
    let client = PlayingClient()
    client.write(frames, pattern)
    client.start(at: DeviceFrame(480))
    bench.attach(client)
    return (bench, client)
  }

  /// Runs the clock to `end`. Returns the frames that sender 0 sends, from device frame 0 on.
  private func sent(
    by bench: EngineBench, until end: Int64, channels: Int = 8
  ) -> [[Int32]] {
    var frames: [[Int32]] = []
    for frame in stride(from: Int64(0), through: end, by: 12) {
      bench.set(DeviceFrame(frame))
      for packet in bench.packets() where packet.sender == 0 {
        frames += samples(packet.bytes, channels: channels)
      }
    }
    return frames
  }

  @Test(
    "A single client is sent bit-exactly, with silence before and after",
    arguments: [PacketTime.us125, .us250, .us333, .ms1, .ms4])
  func exact(packetTime: PacketTime) {
    let (bench, _) = playing()
    let channels = min(8, packetTime.maximumL24Channels)
    bench.startSender(channels: channels, firstChannel: 16, packetTime: packetTime)
    let frames = sent(by: bench, until: 9_600, channels: channels)
    #expect(frames.count >= 9_600 - packetTime.frames)
    for (frame, values) in frames.enumerated() {
      let position = frame - 480
      let expected = (0..<channels).map {
        (0..<4_800).contains(position) ? pattern(position, 16 + $0) : 0
      }
      #expect(values == expected, "device frame \(frame)")
    }
  }

  @Test("A packet leaves when its last frame has passed, not a frame earlier (SND-02)")
  func due() {
    let bench = EngineBench()
    bench.startSender()
    bench.set(DeviceFrame(1))
    #expect(bench.packets().isEmpty)
    bench.set(DeviceFrame(95))
    #expect(bench.packets().isEmpty)  // The first grid frame after the start is 48.
    bench.set(DeviceFrame(96))
    #expect(bench.packets().count == 1)
    #expect(bench.packets().isEmpty)
    let due = bench.transmit.deadline(
      after: bench.instant(of: DeviceFrame(96)), limit: .seconds(1))
    #expect(due == bench.instant(of: DeviceFrame(144)))
  }

  @Test("Stamps are media frames and rise by n, sequence numbers by 1 (RTP-02, RTP-04, CLK-06)")
  func headers() {
    let bench = EngineBench()
    bench.startSender(packetTime: .us250, sequence: 65_530, offset: 2_911_906_980)
    var expected = (sequence: UInt16(65_530), timestamp: UInt32?.none)
    for frame in stride(from: Int64(0), to: 48_000, by: 12) {
      bench.set(DeviceFrame(frame))
      for packet in bench.packets() {
        let (sequence, timestamp, ssrc) = header(packet.bytes)
        #expect(packet.bytes[0] == 0x80 && packet.bytes[1] == 98 && ssrc == 0xAE56_7000)
        #expect(sequence == expected.sequence)
        if let stamp = expected.timestamp { #expect(timestamp == stamp) }
        let media = RTPTimestamp(timestamp).frame(
          offset: 2_911_906_980, near: EngineBench.mediaOffset.media(bench.now))
        #expect(media.index % 12 == 0)
        expected = (sequence &+ 1, timestamp &+ 12)
      }
    }
    #expect(expected.sequence == 65_530 &+ 3_999)
  }

  @Test("Several clients are mixed with saturation, in any slots")
  func mixing() {
    let bench = EngineBench()
    bench.startSender()
    let values: [Int32] = [0x7F_FFFF, -5, 0x70_0000, 100]
    for (slot, value) in values.enumerated() {
      let client = PlayingClient()
      client.write(480) { _, channel in channel == 7 ? -value : value }
      client.start(at: DeviceFrame(48))
      bench.attach(client, slot: slot * 5)
    }
    let frames = sent(by: bench, until: 480)
    #expect(frames[100] == [Int32](repeating: 0x7F_FFFF, count: 7) + [-0x80_0000])
  }

  @Test(
    "Every sample keeps its bits and saturates by itself, with any number of channels",
    arguments: 1...9)
  func packing(channels: Int) {
    func sample(_ frame: Int, _ channel: Int) -> Int32 {
      [0x7F_FFFF, -0x80_0000, -1, 0, 0x12_3456, -0x65_4321, 1][(frame * 5 + channel * 3) % 7]
    }
    func other(_ frame: Int, _ channel: Int) -> Int32 { sample(frame / 7, channel + frame) }
    let bench = EngineBench()
    bench.startSender(channels: channels, packetTime: .us125)
    for (slot, values) in [sample, other].enumerated() {
      let client = PlayingClient()
      client.write(480, values)
      client.start(at: DeviceFrame(48))
      bench.attach(client, slot: slot)
    }
    let frames = sent(by: bench, until: 480, channels: channels)
    for frame in 48..<470 {
      let expected = (0..<channels).map { channel in
        let sum = sample(frame - 48, channel) + other(frame - 48, channel)
        return max(-0x80_0000, min(0x7F_FFFF, sum))
      }
      #expect(frames[frame] == expected, "frame \(frame)")
    }
  }

  @Test("A client of few channels plays on its own channels, and others stay silent (AES-13)")
  func channels() {
    let bench = EngineBench()
    bench.startSender(firstChannel: 8)
    let client = PlayingClient(channels: 3, firstChannel: 14)
    client.write(480) { _, channel in Int32(channel + 1) }
    client.start(at: DeviceFrame(48))
    bench.attach(client)
    #expect(sent(by: bench, until: 480)[100] == [0, 0, 0, 0, 0, 0, 1, 2])
  }

  @Test("An underrun is silence, and later frames play in their place")
  func underrun() {
    let (bench, client) = playing(frames: 480)
    bench.startSender()
    var frames = sent(by: bench, until: 1_440)
    #expect(frames[959] == (0..<8).map { pattern(479, $0) })
    #expect(frames[960..<1_344].allSatisfy { $0.allSatisfy { $0 == 0 } })
    client.write(2_000, pattern)
    client.extend()
    frames += sent(by: bench, until: 2_880)
    #expect(frames[1_500] == (0..<8).map { pattern(1_020, $0) })
  }

  @Test("Old audio is never played if the client has lapped the ring")
  func lap() {
    let (bench, client) = playing(frames: 480)
    client.claim(start: 480, through: 480 + UInt64(AES67_RING_FRAMES) + 10_000)
    bench.startSender()
    let frames = sent(by: bench, until: 9_600)
    #expect(frames.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  @Test("A late thread catches up in order, drops old packets, and keeps the stamps (SND-01)")
  func lateness() {
    let bench = EngineBench(latenessFrames: 816)
    bench.startSender()
    #expect(bench.packets().isEmpty)
    bench.set(DeviceFrame(48))
    let sent = bench.packets()
    #expect(sent.count == 1)
    let first = header(sent.first?.bytes ?? [UInt8](repeating: 0, count: 12))
    // 20 ms late: packets due more than 17 packets ago are dropped.
    bench.set(DeviceFrame(48 + 20 * 48))
    let packets = bench.packets().map { header($0.bytes) }
    #expect(unsafe bench.senderCounters.pointee.dropped.count == 2)
    #expect(packets.count == 18)
    for (index, packet) in packets.enumerated() {
      #expect(packet.sequence == first.sequence &+ UInt16(3 + index))
      #expect(packet.timestamp == first.timestamp &+ UInt32(48 * (3 + index)))
    }
    #expect(unsafe bench.senderCounters.pointee.packets.count == 19)
  }

  @Test("Another maximum lateness applies from the next round on (SND-01)")
  func otherLateness() {
    let bench = EngineBench(latenessFrames: 816)
    bench.startSender()
    #expect(bench.packets().isEmpty)
    bench.set(DeviceFrame(48))
    #expect(bench.packets().count == 1)
    bench.adjust(latenessFrames: 96, echoes: false)
    // 10 ms late: packets due more than 2 ms ago are dropped.
    bench.set(DeviceFrame(48 + 10 * 48))
    #expect(bench.packets().count == 3)
    #expect(unsafe bench.senderCounters.pointee.dropped.count == 7)
  }

  @Test("A new media offset moves the stamps and nothing else")
  func rebase() {
    let (bench, _) = playing()
    bench.startSender()
    _ = sent(by: bench, until: 960)
    let media = EngineBench.mediaOffset.frames + 37 * 48_000 + 5
    bench.rebase(MediaOffset(frames: media))
    bench.set(DeviceFrame(1_056))
    let packets = bench.packets()
    #expect(packets.count == 1)
    for packet in packets {
      let (_, timestamp, _) = header(packet.bytes)
      let device = Int64(timestamp &- UInt32(truncatingIfNeeded: media))
      #expect((device + media) % 48 == 0)
      #expect(device + 48 <= 1_056)
      let expected = (0..<8).map { pattern(Int(device) - 480, $0) }
      #expect(samples(packet.bytes, channels: 8)[0] == expected)
    }
  }

  @Test(
    "A sender that starts in the round of a new media offset sends at once, on the new clock",
    arguments: [3_600 * 48_000 + 5, -3_600 * 48_000 + 5])
  func startAtRebase(step: Int64) {
    let bench = EngineBench()
    #expect(bench.packets().isEmpty)
    let media = EngineBench.mediaOffset.frames + step
    bench.rebase(MediaOffset(frames: media))
    bench.startSender()
    bench.set(DeviceFrame(480))
    #expect(bench.packets().count == 0)
    bench.set(DeviceFrame(960))
    let stamps = bench.packets().map {
      Int64(header($0.bytes).timestamp &- UInt32(truncatingIfNeeded: media))
    }
    #expect(stamps.count == 9 && stamps.allSatisfy { ($0 + media) % 48 == 0 })
    #expect(stamps.first.map { (480..<528).contains($0) } == true)
    #expect(unsafe bench.senderCounters.pointee.dropped.count == 0)
  }

  @Test("A retired slot plays its queued frames, and is then returned")
  func retiring() {
    let (bench, _) = playing(frames: 960)
    bench.startSender()
    bench.set(DeviceFrame(600))
    _ = bench.packets()
    #expect(bench.transmitCommands.queue.push(.retire(slot: 0)))
    var frames: [[Int32]] = []
    var returned: Int64?
    for frame in stride(from: Int64(612), to: 9_600, by: 12) {
      bench.set(DeviceFrame(frame))
      for packet in bench.packets() { frames += samples(packet.bytes, channels: 8) }
      if returned == nil, bench.transmitReturns.queue.pop() == .slotRetired(0) { returned = frame }
    }
    let last = frames.lastIndex { $0.contains { $0 != 0 } } ?? 0
    #expect(frames[last] == (0..<8).map { pattern(959, $0) })
    #expect((returned ?? 0) > 1_440 && (returned ?? .max) < 1_440 + 192 + 816 + 24)
  }

  private static let claims: [(Int64, UInt64)] = [
    (.min, .max), (.max, .max), (.min, 0), (0, .max), (.max, 1), (-1, UInt64(Int64.max)),
    (.max - 10, UInt64(Int64.max)), (1 << 40, 1 << 50),
  ]

  @Test("Invalid claims of a client do not affect another one", arguments: claims)
  func hostile(start: Int64, through: UInt64) {
    let (bench, client) = playing()
    bench.startSender()
    bench.startSender(1, firstChannel: 8)
    let honest = PlayingClient(channels: 8, firstChannel: 8)
    honest.write(480) { _, _ in 77 }
    honest.start(at: DeviceFrame(48))
    bench.attach(honest, slot: 1)
    client.claim(start: start, through: through)
    #expect(bench.transmitCommands.queue.push(.retire(slot: 0)))
    var heard = false
    for frame in stride(from: Int64(0), to: 480, by: 48) {
      bench.set(DeviceFrame(frame))
      for packet in bench.packets() where packet.sender == 1 {
        heard = heard || samples(packet.bytes, channels: 8).contains { $0.contains { $0 != 0 } }
      }
    }
    #expect(heard, "the other client continues")
    bench.set(DeviceFrame(480 + Int64(AES67_RING_FRAMES) + 48))
    _ = bench.packets()
    #expect(bench.transmitReturns.queue.pop() == .slotRetired(0))
  }
}
