// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import Device
internal import Glibc
internal import LinuxIO
internal import MediaClock
internal import StreamEngine
internal import Synchronization

/// The level meters of all channels. They cost nothing while no levels are requested: the requesting thread
/// reads the rings behind the play head.
///
/// Requests share the measurements, so that all get the same levels. Clips are counted from the first request
/// on, and again from zero after a second without requests.
@safe
final class Meters: Sendable {
  /// The length of a block: 50 ms. A snapshot has the last six.
  private static let blockFrames = DeviceFormat.rate.frames(in: .milliseconds(50))
  private static let blocks = LevelMeter.reach / blockFrames
  /// The time without requests after which clips are counted from zero: 1 s.
  private static let timeout = DeviceFormat.rate.frames(in: .seconds(1))

  private struct State: ~Copyable, Sendable {
    var meter: LevelMeter
    /// The frame after the last measured one; nil before the first.
    var end: DeviceFrame?
    var playback = Direction()
    var capture = Direction()
  }

  private let state: Mutex<State>
  private let device: DeviceMemory

  /// - Parameter scratch: room for `SampleBlock.capacity` samples, for the meters alone, forever.
  init(_ device: DeviceMemory, scratch: UnsafeMutablePointer<Int32>) {
    self.device = device
    unsafe state = Mutex(State(meter: LevelMeter(device: device.page, scratch: scratch)))
  }

  /// Adds a program that plays. Its memory stays until ``detach(slot:)`` has returned.
  func attach(slot: Int, _ source: sending PlaybackSource) {
    state.withLock { $0.meter.attach(slot: slot, source) }
  }

  func detach(slot: Int) { state.withLock { $0.meter.detach(slot: slot) } }

  /// The levels of the last 300 ms, in whole blocks of 50 ms.
  func snapshot() -> MeterSnapshot {
    let now = device.clock.relation.frame(at: MonotonicClock.now)
    return state.withLock { state in
      measure(&state, until: DeviceFrame(now.index / Self.blockFrames * Self.blockFrames))
      return MeterSnapshot(
        windowMilliseconds: Int(Self.blocks * Self.blockFrames * 1_000 / DeviceFormat.rate.hertz),
        deviceFrame: state.end?.index ?? 0, playback: state.playback.levels,
        capture: state.capture.levels)
    }
  }

  private func measure(_ state: inout State, until end: DeviceFrame) {
    let oldest = end + -Self.blocks * Self.blockFrames
    var frame = state.end ?? oldest
    if end - frame >= Self.timeout {
      state.playback = Direction()
      state.capture = Direction()
    }
    frame = max(frame, oldest)
    while frame < end {
      state.playback.add(state.meter.playback(from: frame, count: Self.blockFrames))
      state.capture.add(state.meter.capture(from: frame, count: Self.blockFrames))
      frame = frame + Self.blockFrames
    }
    state.end = end
  }

  /// The measurements of one direction.
  private struct Direction: Sendable {
    private var recent: [(frames: Int, channels: [ChannelLevel])] = []
    private var clips = [UInt64](repeating: 0, count: DeviceFormat.channels)

    mutating func add(_ block: ChannelLevels) {
      if recent.count >= Int(Meters.blocks) { recent.removeFirst() }
      let channels = clips.indices.map { block[$0] }
      recent.append((block.frames, channels))
      for channel in clips.indices { clips[channel] += UInt64(channels[channel].clips) }
    }

    var levels: [MeterSnapshot.Level] {
      let frames = recent.reduce(0) { $0 + $1.frames }
      return clips.indices.map { channel in
        let peak = recent.reduce(0) { max($0, $1.channels[channel].peak) }
        let squares = recent.reduce(0.0) { $0 + $1.channels[channel].squares }
        let scale = Double(ChannelLevel.fullScale)
        // A sine of full scale has half the power of its peaks.
        let power = frames == 0 ? 0 : 2 * squares / Double(frames) / (scale * scale)
        return MeterSnapshot.Level(
          peakDecibels: Self.decibels(power: pow(Double(peak) / scale, 2)),
          rmsDecibels: Self.decibels(power: power), clips: clips[channel])
      }
    }

    /// The level, rounded to a hundredth.
    private static func decibels(power: Double) -> Double {
      guard power > 0 else { return MeterSnapshot.silence }
      return max((1000 * log10(power)).rounded() / 100, MeterSnapshot.silence)
    }
  }
}
