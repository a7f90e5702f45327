// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import MediaClock

/// The received audio as another source of the sent audio, for measuring a round trip from the far end.
///
/// A frame that is captured at a device frame is sent as if a program had played it there, so that the round
/// trip is exactly twice the link offset. Because it is read only at a packet's end, frames that are late by up
/// to a packet are included.
@safe
struct Echo: BitwiseCopyable {
  // Safety: the device page outlives the engine. The receive thread writes the ring meanwhile; a slot
  // is read at least half a ring before it is written again.
  private let device: UnsafeMutablePointer<aes67_device>
  private let samples: UnsafePointer<Int32>

  @_noLocks @_noAllocation
  init(_ device: UnsafeMutablePointer<aes67_device>) {
    unsafe self.device = unsafe device
    unsafe samples = unsafe UnsafePointer(aes67_device_capture_ring(device))
  }

  private static var frames: Int64 { Int64(AES67_RING_FRAMES) }

  /// The valid frames of `count` from `frame` on; none if the end is not after the beginning.
  @_noLocks @_noAllocation
  @inline(__always)
  private func valid(from frame: DeviceFrame, count: Int64) -> (from: Int64, to: Int64) {
    unsafe (
      max(frame.index, aes67_device_capture_valid_from(device)),
      min(frame.index &+ count, aes67_device_capture_valid_through(device))
    )
  }

  /// Adds `count` captured frames from `frame` on to `levels`; invalid frames are silent.
  func add(to levels: inout ChannelLevels, at frame: DeviceFrame, count: Int64) {
    let (from, to) = valid(from: frame, count: count)
    unsafe levels.add(
      ring: samples, channels: DeviceFormat.channels, from: from, to: to)
  }

  /// Adds these channels' captured frames from `frame` on to `block`; invalid frames add nothing.
  @_noLocks @_noAllocation
  func add(to block: borrowing SampleBlock, _ columns: Columns, at frame: DeviceFrame) {
    let count = min(columns.count, DeviceFormat.channels - columns.first)
    guard count > 0 else { return }
    let (from, to) = valid(from: frame, count: Int64(block.frames))
    var index = from
    while index < to {
      let slot = Int(index & (Echo.frames - 1))
      // Safety: slot < AES67_RING_FRAMES, and the channels lie inside the row.
      unsafe block.add(
        samples + (slot * DeviceFormat.channels + columns.first), count: count,
        frame: Int(index - frame.index), channel: columns.stream)
      index += 1
    }
  }
}
