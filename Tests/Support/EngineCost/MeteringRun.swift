// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import StreamEngine
import StreamEngineBench

/// The levels of all playback and capture channels, as measured for an open page of the control panel.
@safe
struct MeteringRun: ~Copyable {
  /// The frames of one measurement: 50 ms.
  private static let frames: Int64 = 2400

  private let bench = EngineBench()
  private let client = PlayingClient()
  private var meter: LevelMeter
  private var count: Int64 = 0
  private let isSound: Bool

  /// - Parameter isSound: true for sound on all channels, false for silence.
  init(isSound: Bool) {
    self.isSound = isSound
    // Safety: allocated here, and valid as long as the process runs.
    meter = unsafe LevelMeter(
      device: bench.device, scratch: .allocate(capacity: SampleBlock.capacity))
    guard let ring = unsafe aes67_device_capture_ring(bench.device) else {
      preconditionFailure("a device has a ring")
    }
    client.write(Int(AES67_RING_FRAMES)) { frame, channel in
      isSound ? pattern(frame, channel) : 0
    }
    for index in 0..<Int(AES67_RING_FRAMES) * DeviceFormat.channels {
      unsafe ring[index] = isSound ? pattern(index, index) << 8 : 0
    }
    unsafe aes67_device_set_capture_valid(bench.device, 0, .max)
    meter.attach(slot: 0, client.source)
  }

  mutating func run(_ rounds: Int64) {
    for _ in 0..<rounds {
      let start = DeviceFrame(count * Self.frames)
      count += 1
      client.claim(start: 0, through: UInt64(count * Self.frames))
      let played = meter.playback(from: start, count: Self.frames)
      let captured = meter.capture(from: start, count: Self.frames)
      for channel in [0, DeviceFormat.channels - 1] {
        for levels in [played, captured] { precondition((levels[channel].peak > 0) == isSound) }
      }
    }
  }
}
