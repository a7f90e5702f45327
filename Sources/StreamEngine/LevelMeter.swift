// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock

/// Measures the audio that programs play and capture, behind the play head, where both can still be read.
///
/// It reads the rings as the engines do, and disturbs neither. The measurement runs on the thread of whoever
/// requests it. It is valid for the 14,400 frames (300 ms) behind the play head, because half a ring may be
/// written ahead of it.
@safe
public struct LevelMeter: ~Copyable, @unchecked Sendable {
  // Safety: it points to atomics, or to samples that others may write meanwhile; `scratch` is
  // its own.
  /// The number of frames behind the play head that can be measured.
  public static var reach: Int64 { DeviceFormat.milliseconds(300) }

  private var sources = InlineArray<16, PlaybackSource?>(repeating: nil)
  private let captured: Echo
  private var block: SampleBlock

  /// - Parameters:
  ///   - device: outlives the meter.
  ///   - scratch: room for `SampleBlock.capacity` samples, for the meter alone.
  public init(device: UnsafeMutablePointer<aes67_device>, scratch: UnsafeMutablePointer<Int32>) {
    unsafe captured = Echo(device)
    unsafe block = SampleBlock(scratch)
  }

  /// Adds a program that plays from slot `slot`, 0 to 15, until ``detach(slot:)``.
  public mutating func attach(slot: Int, _ source: PlaybackSource) { sources[slot] = source }

  public mutating func detach(slot: Int) { sources[slot] = nil }

  /// The levels of `count` frames from `frame` on, of the mix of all playing programs on the device's channels.
  public mutating func playback(from frame: DeviceFrame, count: Int64) -> ChannelLevels {
    var levels = ChannelLevels()
    var playing = 0
    var last = 0
    var slot = 0
    while slot < 16 {
      if sources[slot] != nil {
        sources[slot]?.refresh()
        playing += 1
        last = slot
      }
      slot += 1
    }
    // The audio of a single program can be measured where it lies.
    if playing == 1, let source = sources[last], source.hasAllChannels {
      source.add(to: &levels, at: frame, count: count)
    } else if playing > 0 {
      addSums(to: &levels, at: frame, count: count)
    }
    levels.extend(to: Int(count))
    return levels
  }

  /// The levels of `count` captured frames from `frame` on.
  public mutating func capture(from frame: DeviceFrame, count: Int64) -> ChannelLevels {
    var levels = ChannelLevels()
    captured.add(to: &levels, at: frame, count: count)
    levels.extend(to: Int(count))
    return levels
  }

  private mutating func addSums(
    to levels: inout ChannelLevels, at start: DeviceFrame, count: Int64
  ) {
    let all = Columns(first: 0, count: DeviceFormat.channels)
    let end = start + count
    var frame = start
    while frame < end {
      let frames = min(SampleBlock.capacity / all.count, Int(end - frame))
      block.begin(channels: all.count, frames: frames)
      var slot = 0
      while slot < 16 {
        sources[slot]?.add(to: block, all, at: frame)
        slot += 1
      }
      levels.add(block.rows)
      frame = frame + Int64(frames)
    }
  }
}
