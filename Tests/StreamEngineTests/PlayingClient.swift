// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import StreamEngine

/// A program that plays: writes a ring exactly as the plug-in does.
@safe
final class PlayingClient {
  // Safety: allocated in init with the size that the header states, freed in deinit.
  let page: UnsafeMutablePointer<aes67_client>
  let channels: Int
  let firstChannel: Int
  private(set) var position = 0

  init(channels: Int = 64, firstChannel: Int = 0) {
    self.channels = channels
    self.firstChannel = firstChannel
    let bytes = aes67_client_bytes(AES67_PLAYBACK, UInt32(channels))
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    unsafe page = memory.bindMemory(to: aes67_client.self, capacity: 1)
  }

  deinit { unsafe UnsafeMutableRawPointer(page).deallocate() }

  var source: PlaybackSource {
    unsafe PlaybackSource(page, channels: channels, firstChannel: firstChannel)
  }

  /// Writes `count` frames; `sample` gives a 24-bit value for a frame and a channel of the ring.
  func write(_ count: Int, _ sample: (_ frame: Int, _ channel: Int) -> Int32) {
    for frame in position..<position + count {
      let slot = frame & Int(AES67_RING_FRAMES - 1)
      for channel in 0..<channels {
        unsafe aes67_client_ring(page)[slot * channels + channel] = sample(frame, channel) << 8
      }
    }
    position += count
  }

  /// Puts what was written in force, to play from `frame` on.
  func start(at frame: DeviceFrame) {
    var value = aes67_playback_snapshot(
      start_frame: frame.index, written_through: UInt64(position))
    unsafe aes67_client_publish(page, &value)
  }

  func extend() { unsafe aes67_client_extend(page, UInt64(position)) }

  /// Puts anything in force, as a hostile program would.
  func claim(start: Int64, through: UInt64) {
    var value = aes67_playback_snapshot(start_frame: start, written_through: through)
    unsafe aes67_client_publish(page, &value)
  }
}

/// A value that tells frame and channel apart: 24 bits, signed.
func pattern(_ frame: Int, _ channel: Int) -> Int32 {
  let mixed = UInt32(truncatingIfNeeded: frame &* 64 &+ channel) &* 0x9E37_79B1
  return Int32(bitPattern: mixed) >> 8
}

/// The samples of an L24 packet, frame by frame.
func samples(_ bytes: [UInt8], channels: Int) -> [[Int32]] {
  let payload = bytes.dropFirst(12)
  let values = stride(from: payload.startIndex, to: payload.endIndex, by: 3).map { at in
    Int32(
      bitPattern: UInt32(payload[at]) << 24 | UInt32(payload[at + 1]) << 16
        | UInt32(payload[at + 2]) << 8) >> 8
  }
  return stride(from: 0, to: values.count, by: channels).map { Array(values[$0..<$0 + channels]) }
}

/// Sequence number, time stamp and SSRC of a packet.
func header(_ bytes: [UInt8]) -> (sequence: UInt16, timestamp: UInt32, ssrc: UInt32) {
  func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
  return (UInt16(word(0) & 0xFFFF), word(4), word(8))
}
