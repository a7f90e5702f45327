// SPDX-License-Identifier: MIT
import Foundation
import MediaClock
import RTP
import SeededRandom

/// A tone with a long period, so that frames that are left out or played twice show.
enum Tone {
  static let period: Int64 = 4_800
  static let amplitude = Double(1 << 29)
  private static let turns = 23.0
  private static let table: [Int32] = (0..<Int(period)).map {
    Int32(amplitude * sin(2 * .pi * turns * Double($0) / Double(period))) & ~0xFF
  }
  /// The sum of the two neighbours of a sample, in units of the sample.
  static let neighbours = 2 * cos(2 * .pi * turns / Double(period))

  static func value(_ frame: Int64) -> Int32 {
    table[Int((frame % period + period) % period)]
  }
}

/// A sender with its peculiarities, and the effects of the network: every packet of a run with the frame of
/// its arrival.
struct SimulatedSender {
  var name: String
  /// Lengths of packets in frames, in turns.
  var lengths: [Int64] = [48]
  /// The number of frames in a block that is sent at once; 0 for packet by packet.
  var burst: Int64 = 0
  /// The rate of the sender's clock against the device clock, in parts per million.
  var partsPerMillion = 0.0
  /// The greatest additional delay of a packet, in frames.
  var jitter: Int64 = 12
  /// The greatest deviation of the stamps, in frames to both sides.
  var wander: Int64 = 0
  /// The change of the sequence number from packet to packet.
  var sequenceStep: UInt16 = 1
  /// The lead of the stamps before their packets, in frames.
  var ahead: Int64 = 0
  /// The number of packets in a thousand that are lost.
  var loss = 0
  /// Events at 3 s: a jump of the stamps in frames, a jump of the sequence numbers, and a pause of the
  /// sampling in frames.
  var stampJump: Int64 = 0
  var sequenceJump: UInt16 = 0
  var pause: Int64 = 0
  /// The number of packets before the receiver joined, in the middle of the first burst.
  var missed = 0
  /// The number of frames that are sent at once at the start, by which all others are early.
  var head: Int64 = 0
  /// The duration of a stall of the receiving host in each second, in frames.
  var stall: Int64 = 0
  var seconds: Int64 = 6

  struct Packet {
    var arrival: Int64
    var bytes: [UInt8]
  }

  /// - Parameter clock: the media frame of device frame 0.
  func packets(clock: Int64) -> [Packet] {
    var random = SeededGenerator(seed: 15)
    var packets: [Packet] = []
    var (position, sampled, sequence, stamp) = (Int64(0), Int64(0), UInt16(65_400), clock + ahead)
    var (number, block, last) = (0, Int64(0), Int64(0))
    var hasJumped = false
    while sampled - head < seconds * DeviceFormat.second {
      let length = lengths[number % lengths.count]
      if !hasJumped, sampled >= 3 * DeviceFormat.second {
        hasJumped = true
        stamp += stampJump + pause
        sampled += pause
        block += pause
        sequence &+= sequenceJump
      }
      let end = sampled + length
      // All packets of a block are sent when the block is complete.
      while burst > 0, block < end { block += burst }
      let due = max(0, (burst > 0 ? block : end) - head)
      var arrival = Int64(Double(due) / (1 + partsPerMillion / 1e6))
      if jitter > 0, burst == 0 { arrival += .random(in: 0...jitter, using: &random) }
      let phase = arrival % DeviceFormat.second
      if stall > 0, phase > 20_000, phase < 20_000 + stall { arrival += 20_000 + stall - phase }
      arrival = max(arrival, last)
      last = arrival
      let isLost = loss > 0 && number > 0 && Int.random(in: 0..<1_000, using: &random) < loss
      if !isLost, number >= missed {
        let shift = wander > 0 ? Int64.random(in: -wander...wander, using: &random) : 0
        packets.append(
          Packet(
            arrival: 1_000 + arrival,
            bytes: bytes(sequence, stamp + 1_000 + shift, position, length)))
      }
      sequence &+= sequenceStep
      stamp += length
      position += length
      sampled += length
      number += 1
    }
    return packets
  }

  private func bytes(
    _ sequence: UInt16, _ stamp: Int64, _ position: Int64, _ length: Int64
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 12)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: 98, sequence: SequenceNumber(sequence),
      timestamp: RTPTimestamp(MediaFrame(stamp), offset: 0), ssrc: 7
    ).write(into: &raw)
    for frame in position..<position + length {
      let value = UInt32(bitPattern: Tone.value(frame))
      bytes += [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255)]
    }
    return bytes
  }
}

/// Finds breaks, jumps and silence in a received ``Tone``.
struct Listener {
  private(set) var breaks = 0
  private(set) var silent = 0
  /// The frame of the last break.
  private(set) var last: Int64 = 0
  private var before: (Double, Double) = (0, 0)
  private var zeros = 0
  private var hasBegun = false

  /// - Parameter start: the frame of the first sample.
  mutating func hear(_ samples: [Int32], from start: Int64) {
    for (index, sample) in samples.enumerated() {
      let frame = start + Int64(index)
      let value = Double(sample) / Tone.amplitude
      zeros = sample == 0 ? zeros + 1 : 0
      if !hasBegun {
        hasBegun = sample != 0
        last = frame
      }
      if hasBegun, zeros > 8 { silent += 1 }
      let rest = abs(before.0 + value - Tone.neighbours * before.1)
      // The tone crosses zero as well, but never for so long. Deviations right after a break belong to it.
      if hasBegun, rest > 0.01 || zeros > 8 {
        if frame - last > 48 { breaks += 1 }
        last = frame
      }
      before = (before.1, value)
    }
  }
}
