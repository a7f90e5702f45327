// SPDX-License-Identifier: MIT
import MediaClock
import SeededRandom
import Testing

@Suite("RTP time stamps, sequence numbers, packet times")
struct RTPTimestampTests {
  @Test("A stamp is converted back to its frame, around wraps and with any offset (RTP-03, CLK-04)")
  func unwrapping() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<10_000 {
      let wraps = Int64.random(in: 0...20_000, using: &random)
      let frame = MediaFrame(wraps << 32 + .random(in: -200...200, using: &random))
      let offset = UInt32.random(in: .min ... .max, using: &random)
      let reference = frame + .random(in: -100_000...100_000, using: &random)
      let stamp = RTPTimestamp(frame, offset: offset)
      #expect(stamp.frame(offset: offset, near: reference) == frame, "seed 5")
    }
  }

  @Test("A real device's offset (CLK-03)")
  func danteOffset() {
    let frame = MediaFrame(83_939_329_776_000)
    let stamp = RTPTimestamp(frame, offset: 2_911_906_980)
    #expect(stamp.value == UInt32(truncatingIfNeeded: 83_939_329_776_000 + 2_911_906_980))
    #expect(stamp.frame(offset: 2_911_906_980, near: frame + 480) == frame)
  }

  @Test(
    "Sequence numbers compare across the wrap (RTP-02)",
    arguments: [
      (later: UInt16(0), earlier: UInt16(65_535), distance: 1), (10, 65_530, 16), (5, 5, 0),
      (65_535, 0, -1), (32_767, 0, 32_767),
    ])
  func sequence(later: UInt16, earlier: UInt16, distance: Int) {
    #expect(SequenceNumber(later).distance(from: SequenceNumber(earlier)) == distance)
  }

  @Test(
    "Frames are aligned upwards, also below zero",
    arguments: [
      (frame: Int64(0), aligned: Int64(0)), (1, 48), (48, 48), (49, 96), (-1, 0), (-48, -48),
      (-49, -48),
    ])
  func alignment(frame: Int64, aligned: Int64) {
    #expect(MediaFrame(frame).alignedUp(to: 48).index == aligned)
  }

  @Test(
    "The maximum number of channels at each packet time (AES-10)",
    arguments: [
      (time: PacketTime.us125, channels: 80), (.us250, 40), (.us333, 30), (.ms1, 10), (.ms4, 2),
    ])
  func maximumChannels(time: PacketTime, channels: Int) {
    #expect(time.maximumL24Channels == channels)
  }

  @Test(
    "Packet times are read to half a frame (SDP-03)",
    arguments: [
      (nanoseconds: Int64(120_000), frames: 6), (125_000, 6), (130_000, 6), (250_000, 12),
      (330_000, 16), (333_333, 16), (1_000_000, 48), (4_000_000, 192),
    ])
  func packetTimes(nanoseconds: Int64, frames: Int) {
    #expect(PacketTime(Interval(nanoseconds: nanoseconds))?.frames == frames)
  }

  @Test(
    "Other durations are not packet times", arguments: [Int64(0), 500_000, 1_090_000, -1_000_000])
  func otherLengths(nanoseconds: Int64) {
    #expect(PacketTime(Interval(nanoseconds: nanoseconds)) == nil)
  }
}
