// SPDX-License-Identifier: MIT
import CSharedMemory
import ControlAPI
import LinuxIO
import MediaClock
import Testing

@testable import Device
@testable import Media

/// A client that plays a pattern as long as its ring on channels 1 and 2, and compares the samples that come
/// back.
struct PatternPlayer {
  private let device: DeviceMemory
  private let client: ClientMemory
  private let start: Int64
  private let linkOffset: Int64 = 4800
  private var next: Int64
  /// The position up to which frames are in the ring.
  private var written: Int64 = 30_000
  /// The positions that passed before they were written, because this machine delayed the player.
  private var unwritten: [Range<Int64>] = []
  /// The number of samples that came back as they were played, and of those that did not.
  private(set) var heard = 0
  private(set) var wrong = 0

  init(_ service: StreamService, _ device: DeviceMemory) throws {
    self.device = device
    client = try ClientMemory(direction: .playback, channels: 2, firstChannel: 0)
    let ring = try unsafe #require(aes67_client_ring(client.page))
    for index in 0..<Int64(AES67_RING_FRAMES) {
      for channel in 0..<2 { unsafe ring[Int(index) * 2 + channel] = Self.sample(index, channel) }
    }
    start = device.clock.relation.frame(at: MonotonicClock.now).index + 960
    next = start + linkOffset
    var snapshot = aes67_playback_snapshot(start_frame: start, written_through: UInt64(written))
    unsafe aes67_client_publish(client.page, &snapshot)
    unsafe service.playbackMixer.attach(
      slot: 0, memory: client.page, channels: 2, firstChannel: 0)
  }

  /// A sample of 24 bits, left-justified and never silent.
  private static func sample(_ index: Int64, _ channel: Int) -> Int32 {
    Int32(truncatingIfNeeded: (index * 2 + Int64(channel) + 1) * 0x9E3779) << 8 | 0x100
  }

  /// Resets the counts, and compares from now on.
  mutating func begin() {
    next = device.clock.relation.frame(at: MonotonicClock.now).index
    (heard, wrong) = (0, 0)
  }

  /// Continues to play, and compares the samples that have come back since the last call.
  mutating func look() {
    let now = device.clock.relation.frame(at: MonotonicClock.now).index
    let position = now - start
    if position > written { unwritten.append(written..<position + 48) }
    written = max(written, position + 16_000)
    unsafe aes67_client_extend(client.page, UInt64(written))
    guard let ring = unsafe aes67_device_capture_ring(device.page) else { return }
    while next < now {
      let slot = Int(next & Int64(AES67_RING_FRAMES - 1)) * Int(AES67_CHANNELS)
      let played = next - start - linkOffset
      defer { next += 1 }
      guard !unwritten.contains(where: { $0.contains(played) }),
        next > now - Int64(AES67_RING_FRAMES)
      else { continue }
      let index = played % Int64(AES67_RING_FRAMES)
      for channel in 0..<2 {
        let isRight = unsafe ring[slot + channel] == Self.sample(index, channel)
        if isRight { heard += 1 } else { wrong += 1 }
      }
    }
  }
}
