// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

/// A receiver for thirty virtual days: the RTP clock wraps 29 times, sequence numbers 9,887 times.
///
/// The ordinary run receives a quarter of a second around each wrap of the RTP clock and in each hour, and no
/// packets in between. With AES67_LONG=1, in a release build, all 648 million packets arrive.
@Suite struct ThirtyDaysTests {
  private static let frames = Int64(192)
  private static let wrap = Int64(1) << 32
  private static let day = Int64(86_400) * 48_000

  /// Packets of one channel whose samples are the low bits of their media frame.
  private struct Sender {
    private var packet: [UInt8]
    private(set) var sequence: UInt16

    init(sequence: UInt16) {
      self.sequence = sequence
      packet = [0x80, 98] + [UInt8](repeating: 0, count: 10)
      packet += [UInt8](repeating: 0, count: 3 * Int(ThirtyDaysTests.frames))
      packet.replaceSubrange(8..<12, with: [0xAE, 0x56, 0x70, 0x01])
    }

    static func sample(_ media: Int64) -> Int32 {
      Int32(truncatingIfNeeded: (media &* 0x9E37_79B1) & 0x7F_FFFF)
    }

    /// Returns the packet whose first sample is of the media frame `media`.
    mutating func next(_ media: Int64) -> [UInt8] {
      sequence &+= 1
      let stamp = UInt32(truncatingIfNeeded: media)
      packet[2] = UInt8(sequence >> 8)
      packet[3] = UInt8(truncatingIfNeeded: sequence)
      for byte in 0..<4 { packet[4 + byte] = UInt8(truncatingIfNeeded: stamp >> (24 - 8 * byte)) }
      for index in 0..<Int(ThirtyDaysTests.frames) {
        let value = Sender.sample(media + Int64(index))
        packet[12 + 3 * index] = UInt8(truncatingIfNeeded: value >> 16)
        packet[13 + 3 * index] = UInt8(truncatingIfNeeded: value >> 8)
        packet[14 + 3 * index] = UInt8(truncatingIfNeeded: value)
      }
      return packet
    }
  }

  /// The parts of the thirty days in which packets are sent: ranges of device frames in whole packets.
  private static func parts(isLong: Bool) -> [Range<Int64>] {
    guard !isLong else { return [frames..<30 * day / frames * frames] }
    var random = SeededGenerator(seed: 17)
    let second = Int64(48_000)
    var begins = (0..<30 * 24 as Range<Int64>).map { hour in
      hour * 3_600 * second + Int64.random(in: second...3_000 * second, using: &random)
    }
    let first = wrap - EngineBench.mediaOffset.frames % wrap
    begins += (0..<29 as Range<Int64>).map { first + $0 * wrap - second / 8 }
    var parts: [Range<Int64>] = []
    for begin in begins.sorted() {
      let start = max(begin, (parts.last?.upperBound ?? 0) + 1) / frames * frames + frames
      parts.append(start..<start + second / 4 / frames * frames)
    }
    return parts
  }

  @Test func everySentFrameIsReceived() throws {
    let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1"
    let bench = EngineBench()
    let linkOffset = 4 * Self.frames
    bench.startReceiver(channels: 1, linkOffset: linkOffset, payloadType: 98)
    var random = SeededGenerator(seed: 18)
    var sender = Sender(sequence: .random(in: 0 ... .max, using: &random))
    var (sent, lost, doubled, wraps, resident) = (UInt64(0), UInt64(0), UInt64(0), 0, 0)
    for part in Self.parts(isLong: isLong) {
      var lastLoss = part.lowerBound
      for frame in stride(from: part.lowerBound, to: part.upperBound, by: Int(Self.frames)) {
        let media = frame + EngineBench.mediaOffset.frames
        let bytes = sender.next(media)
        if media % Self.wrap < Self.frames { wraps += 1 }
        // A sender's packet leaves when its last frame has passed.
        bench.set(DeviceFrame(frame + Self.frames + 20))
        // Packets are lost or duplicated at random, but never the last one of a part, which would be missed
        // only later.
        let chance = random.fraction()
        if chance < 0.001, frame + Self.frames < part.upperBound, frame > part.lowerBound {
          lost += 1
          lastLoss = frame
          continue
        }
        bench.deliver(bytes)
        sent += 1
        if isLong, sent == 1_000_000 { resident = try residentBytes() }
        if chance > 0.999 {
          bench.deliver(bytes)
          doubled += 1
        }
        // The frames that have just been played, except near gaps, which are faded.
        guard frame - lastLoss > 10 * Self.frames, sent % (isLong ? 4_001 : 17) == 0 else {
          continue
        }
        let heard = bench.captured(0, from: DeviceFrame(frame), count: Int(Self.frames))
        let expected = (0..<Self.frames).map { Sender.sample(media - linkOffset + $0) << 8 }
        #expect(heard == expected, "device frame \(frame), seeds 17 and 18")
      }
    }
    let counts = unsafe Counts(UnsafePointer(bench.receiverCounters))
    #expect(counts.inTime == sent && counts.duplicate == doubled)
    #expect(counts.late == 0 && counts.early == 0 && counts.foreign == 0 && counts.malformed == 0)
    #expect(wraps >= 28, "the RTP clock has wrapped")
    // Other tests share the memory of a short run.
    guard isLong else { return }
    #expect(counts.lost == lost)
    #expect(try residentBytes() < resident + 8_000_000)
    print(sent, "packets,", lost, "lost,", doubled, "doubled,", wraps, "wraps")
  }

  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
  }
}
