// SPDX-License-Identifier: MIT
public import CSharedMemory
internal import MediaClock

/// One playing program: its ring, and the valid range that it last published.
///
/// Everything the program can write is read once, in one piece, and only ever compared: a hostile client can
/// make noise on its own channels and nothing else.
@safe
public struct PlaybackSource: BitwiseCopyable, @unchecked Sendable {
  // Safety: the daemon made the memory with room for `channels` x AES67_RING_FRAMES samples, sealed
  // its size, and unmaps it only after the engine has handed the slot back.
  private let client: UnsafeMutablePointer<aes67_client>
  private let samples: UnsafePointer<Int32>
  /// The number of channels in the client's ring.
  public let channels: Int
  /// The device channel of the ring's first channel, from 0.
  public let firstChannel: Int
  private var inForce = aes67_playback_snapshot(start_frame: 0, written_through: 0)

  public init(_ client: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int) {
    unsafe self.client = unsafe client
    unsafe samples = unsafe UnsafePointer(aes67_client_ring(client))
    self.channels = channels
    self.firstChannel = firstChannel
  }

  private static var frames: UInt64 { UInt64(AES67_RING_FRAMES) }

  /// Reads the values that the client has published since the last call.
  @_noLocks @_noAllocation
  mutating func refresh() {
    var snapshot = aes67_playback_snapshot()
    if unsafe aes67_client_read(client, &snapshot) { inForce = snapshot }
  }

  /// Returns true if nothing is left to play at `frame` or after it.
  @_noLocks @_noAllocation
  func isDone(at frame: DeviceFrame) -> Bool {
    let position = frame.index &- inForce.start_frame
    return position >= 0 && UInt64(position) >= inForce.written_through
  }

  /// Returns true if its ring has all the device's channels, each in its place.
  var hasAllChannels: Bool { firstChannel == 0 && channels == DeviceFormat.channels }

  /// The position of `frame` in the ring, and the readable positions of `count` frames from there; nil for
  /// none.
  @_noLocks @_noAllocation
  @inline(__always)
  private func valid(
    from frame: DeviceFrame, count: Int64
  ) -> (start: Int64, from: Int64, to: Int64)? {
    let start = frame.index &- inForce.start_frame
    // Frames before the start, and frames that were not written or have been overwritten, stay silent.
    let oldest = Int64(
      bitPattern: inForce.written_through > PlaybackSource.frames
        ? inForce.written_through - PlaybackSource.frames : 0)
    guard let end = Int64(exactly: inForce.written_through) else { return nil }
    let from = max(start, max(oldest, 0))
    let to = min(start &+ count, end)
    return start > Int64.min / 2 && from < to ? (start, from, to) : nil
  }

  /// Adds `count` frames from `frame` on to `levels`, if it has all channels; invalid frames are silent.
  func add(to levels: inout ChannelLevels, at frame: DeviceFrame, count: Int64) {
    guard hasAllChannels, let (_, from, to) = valid(from: frame, count: count) else { return }
    unsafe levels.add(ring: samples, channels: channels, from: from, to: to)
  }

  /// Adds these device channels' frames from `frame` on to their channels of `block`; invalid frames add
  /// nothing.
  @_noLocks @_noAllocation
  func add(to block: borrowing SampleBlock, _ columns: Columns, at frame: DeviceFrame) {
    let low = max(firstChannel, columns.first)
    let high = min(firstChannel + channels, columns.first + columns.count)
    guard low < high,
      let (start, from, to) = valid(from: frame, count: Int64(block.frames))
    else { return }
    var position = from
    while position < to {
      let slot = Int(position & Int64(PlaybackSource.frames - 1))
      // Safety: slot < AES67_RING_FRAMES and low..<high lie inside both rows, since a run lies
      // inside its block.
      unsafe block.add(
        samples + (slot * channels + (low - firstChannel)), count: high - low,
        frame: Int(position - start), channel: low - columns.first + columns.stream)
      position += 1
    }
  }
}
