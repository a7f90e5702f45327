// SPDX-License-Identifier: MIT
package import CSharedMemory
package import MediaClock
package import StreamEngine

/// A playback client that writes its ring as the plug-in does.
@safe
package final class PlayingClient {
  // Safety: allocated in init with the size that the header states, freed in deinit.
  package let page: UnsafeMutablePointer<aes67_client>
  package let channels: Int
  package let firstChannel: Int
  package private(set) var position = 0

  package init(channels: Int = 64, firstChannel: Int = 0) {
    self.channels = channels
    self.firstChannel = firstChannel
    let bytes = aes67_client_bytes(AES67_PLAYBACK, UInt32(channels))
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    unsafe page = memory.bindMemory(to: aes67_client.self, capacity: 1)
  }

  deinit { unsafe UnsafeMutableRawPointer(page).deallocate() }

  package var source: PlaybackSource {
    unsafe PlaybackSource(page, channels: channels, firstChannel: firstChannel)
  }

  /// Writes `count` frames; `sample` gives a 24-bit value for a frame and a channel of the ring.
  package func write(_ count: Int, _ sample: (_ frame: Int, _ channel: Int) -> Int32) {
    for frame in position..<position + count {
      let slot = frame & Int(AES67_RING_FRAMES - 1)
      for channel in 0..<channels {
        unsafe aes67_client_ring(page)[slot * channels + channel] = sample(frame, channel) << 8
      }
    }
    position += count
  }

  /// Publishes the written frames, to be played from `frame` on.
  package func start(at frame: DeviceFrame) {
    var value = aes67_playback_snapshot(
      start_frame: frame.index, written_through: UInt64(position))
    unsafe aes67_client_publish(page, &value)
  }

  package func extend() { unsafe aes67_client_extend(page, UInt64(position)) }

  /// Publishes arbitrary values, as a hostile program could.
  package func claim(start: Int64, through: UInt64) {
    var value = aes67_playback_snapshot(start_frame: start, written_through: through)
    unsafe aes67_client_publish(page, &value)
  }
}
