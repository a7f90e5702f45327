// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Level meters")
@safe
struct LevelMeterTests {
  private let bench = EngineBench()

  private func withMeter<Result>(_ body: (inout LevelMeter) -> Result) -> Result {
    let scratch = UnsafeMutablePointer<Int32>.allocate(capacity: SampleBlock.capacity)
    defer { unsafe scratch.deallocate() }
    var meter = unsafe LevelMeter(device: bench.device, scratch: scratch)
    return body(&meter)
  }

  /// True if two sums of squares agree to a millionth.
  private func isEqual(_ squares: Double, _ expected: UInt64) -> Bool {
    abs(squares - Double(expected)) <= Double(expected) / 1_000_000
  }

  @Test("Peak, power and clips of the mixed playback, on its device channels")
  func playback() {
    let one = PlayingClient(channels: 2, firstChannel: 0)
    let other = PlayingClient(channels: 1, firstChannel: 1)
    one.write(100) { frame, channel in channel == 0 ? 1_000 : frame % 2 == 0 ? 3 : -3 }
    other.write(100) { frame, _ in frame == 70 ? 0x7F_FFFF : frame == 71 ? -0x80_0000 : 0 }
    one.start(at: DeviceFrame(10))
    other.start(at: DeviceFrame(10))
    let levels = withMeter { meter in
      meter.attach(slot: 0, one.source)
      meter.attach(slot: 15, other.source)
      return meter.playback(from: DeviceFrame(0), count: 100)
    }
    #expect(levels.frames == 100)
    // 90 of the frames are played.
    #expect(levels[0].peak == 1_000)
    #expect(levels[0].squares == 90 * 1_000_000)
    #expect(levels[0].clips == 0)
    // Two samples reach full scale in the mix.
    #expect(levels[1].peak == ChannelLevel.fullScale)
    #expect(levels[1].clips == 2)
    #expect(levels[2].peak == 0 && levels[2].squares == 0)
    let gone = withMeter { meter in
      meter.attach(slot: 0, one.source)
      meter.detach(slot: 0)
      return meter.playback(from: DeviceFrame(0), count: 100)
    }
    #expect(gone[0].peak == 0)
  }

  @Test(
    "Each channel has its own levels, quiet and at full scale, also beyond 24 bits")
  func everyChannel() {
    // The sample of a frame on a channel. Signs change, and every seventh frame clips on every fifth channel.
    func sample(_ frame: Int64, _ channel: Int) -> Int32 {
      if frame % 7 == 3, channel % 5 == 0 { return frame % 2 == 0 ? 0x7F_FFFF : -0x80_0000 }
      return Int32(frame % 90 - 45) &* Int32(truncatingIfNeeded: 1 << (channel % 18))
    }
    let one = PlayingClient(channels: 64, firstChannel: 0)
    let other = PlayingClient(channels: 64, firstChannel: 0)
    for client in [one, other] {
      client.write(500) { frame, channel in sample(Int64(frame), channel) }
      client.start(at: DeviceFrame(0))
    }
    let levels = withMeter { meter in
      meter.attach(slot: 0, one.source)
      meter.attach(slot: 1, other.source)
      return meter.playback(from: DeviceFrame(0), count: 500)
    }
    for channel in 0..<64 {
      let expected = (0..<500 as Range<Int64>).map { frame in
        max(-0x80_0000, min(0x7F_FFFF, 2 * sample(frame, channel))).magnitude
      }
      let level = levels[channel]
      #expect(level.peak == expected.max())
      #expect(isEqual(level.squares, expected.reduce(0) { $0 + UInt64($1) * UInt64($1) }))
      #expect(Int(level.clips) == expected.count { $0 >= 0x7F_FFFF })
    }
  }

  @Test("The levels of a program are the same beside a silent one, also across the ring's end")
  func alone() {
    func sample(_ frame: Int, _ channel: Int) -> Int32 {
      frame % 101 == 0 && channel % 3 == 0 ? -0x80_0000 : pattern(frame, channel) >> (channel % 5)
    }
    let ring = Int(AES67_RING_FRAMES)
    let one = PlayingClient()
    let silent = PlayingClient(channels: 2)
    one.write(ring + 300, sample)
    // The eight bits below the sample have no effect.
    for index in 0..<ring * 64 { unsafe aes67_client_ring(one.page)[index] |= 0xA5 }
    for client in [one, silent] { client.start(at: DeviceFrame(0)) }
    let start = ring - 500
    let levels = [[one], [one, silent]].map { clients in
      withMeter { meter in
        for (slot, client) in clients.enumerated() { meter.attach(slot: slot, client.source) }
        return meter.playback(from: DeviceFrame(Int64(start)), count: 777)
      }
    }
    for channel in 0..<64 {
      let expected = (start..<start + 777).map { sample($0, channel) }
      for level in levels.map({ $0[channel] }) {
        #expect(level.peak == expected.map(\.magnitude).max())
        #expect(
          isEqual(
            level.squares,
            expected.reduce(0) { $0 + UInt64($1.magnitude) * UInt64($1.magnitude) }))
        #expect(Int(level.clips) == expected.count { $0.magnitude >= 0x7F_FFFF })
      }
    }
    #expect(levels.allSatisfy { $0.frames == 777 })
  }

  @Test("Capture levels are measured behind the play head")
  func capture() {
    bench.startReceiver(channels: 8, firstChannel: 56)
    var remote = RemoteSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    for step in 1...20 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      bench.deliver(remote.next())
    }
    let levels = withMeter { $0.capture(from: DeviceFrame(144), count: 480) }
    for channel in 0..<8 {
      let expected = (0..<480).map { pattern($0, channel) }
      let level = levels[56 + channel]
      #expect(level.peak == expected.map(\.magnitude).max())
      #expect(
        isEqual(
          level.squares,
          expected.reduce(0) { $0 + UInt64($1.magnitude) * UInt64($1.magnitude) }))
    }
    #expect(levels[55].peak == 0)
    // Frames outside the valid range of the ring are silent.
    let before = withMeter { $0.capture(from: DeviceFrame(-1_000_000), count: 480) }
    #expect(before[56].peak == 0)
  }
}
