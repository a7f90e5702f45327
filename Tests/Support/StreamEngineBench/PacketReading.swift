// SPDX-License-Identifier: MIT

/// A signed 24-bit value that depends on frame and channel.
package func pattern(_ frame: Int, _ channel: Int) -> Int32 {
  let mixed = UInt32(truncatingIfNeeded: frame &* 64 &+ channel) &* 0x9E37_79B1
  return Int32(bitPattern: mixed) >> 8
}

/// The samples of an L24 packet, frame by frame.
package func samples(_ bytes: [UInt8], channels: Int) -> [[Int32]] {
  let payload = bytes.dropFirst(12)
  let values = stride(from: payload.startIndex, to: payload.endIndex, by: 3).map { at in
    Int32(
      bitPattern: UInt32(payload[at]) << 24 | UInt32(payload[at + 1]) << 16
        | UInt32(payload[at + 2]) << 8) >> 8
  }
  return stride(from: 0, to: values.count, by: channels).map { Array(values[$0..<$0 + channels]) }
}

/// Sequence number, time stamp and SSRC of a packet.
package func header(_ bytes: [UInt8]) -> (sequence: UInt16, timestamp: UInt32, ssrc: UInt32) {
  func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
  return (UInt16(word(0) & 0xFFFF), word(4), word(8))
}
