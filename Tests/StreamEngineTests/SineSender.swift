// SPDX-License-Identifier: MIT
import MediaClock
import RTP

/// A remote sender of one tone on all channels. The tone has small steps, so that a click stands out.
struct SineSender {
  /// Peak of the tone, as a ring sample.
  static let amplitude = Double(1 << 29)
  /// The greatest step between two frames of the tone: 500 Hz.
  static let steepest = amplitude * 2 * Double.pi * 500 / 48_000

  var sequence: UInt16 = 65_500
  var ssrc: UInt32 = 7
  var position: Int64
  var frames = 48
  var channels = 1
  var timestampOffset: UInt32 = 0

  /// - Parameter media: the first media frame.
  init(from media: MediaFrame) { position = media.index }

  /// The tone at a media frame, as a ring sample.
  static func value(_ frame: Int64) -> Int32 {
    let phase = Double(frame % 96) / 96 * 2 * Double.pi
    return Int32(amplitude * sine(phase)) & ~0xFF
  }

  /// A sine without a mathematical library, with an error below 1e-9.
  private static func sine(_ phase: Double) -> Double {
    var x = phase
    if x > Double.pi { x -= 2 * Double.pi }
    if x > Double.pi / 2 { x = Double.pi - x }
    if x < -Double.pi / 2 { x = -Double.pi - x }
    var term = x
    var sum = x
    for n in stride(from: 2.0, through: 16, by: 2) {
      term *= -x * x / (n * (n + 1))
      sum += term
    }
    return sum
  }

  mutating func next() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 12)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: 98, sequence: SequenceNumber(sequence),
      timestamp: RTPTimestamp(MediaFrame(position), offset: timestampOffset), ssrc: ssrc
    ).write(into: &raw)
    for frame in 0..<frames {
      let value = UInt32(bitPattern: SineSender.value(position + Int64(frame)))
      for _ in 0..<channels {
        bytes += [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255)]
      }
    }
    skip()
    return bytes
  }

  /// Skips the next packet, as if it were lost.
  mutating func skip() {
    sequence &+= 1
    position += Int64(frames)
  }
}

/// The greatest step between adjacent samples, in units of the greatest step of the tone.
func roughness(_ heard: [Int32]) -> Double {
  zip(heard, heard.dropFirst()).map { abs(Double($1) - Double($0)) }.max()! / SineSender.steepest
}
