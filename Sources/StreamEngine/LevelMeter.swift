// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock

/// Measures what programs play and capture, where both can still be read: behind the play head.
///
/// It reads the rings as the engines do and disturbs neither; whoever asks for levels pays for them, on
/// a thread of their own. Valid for the 14,400 frames (300 ms) behind the play head: half a ring may be
/// written ahead of it.
@safe
public struct LevelMeter: ~Copyable, @unchecked Sendable {
  // Safety: what it points to is either atomic or samples that others may write meanwhile; `scratch` is
  // its own.
  /// How far behind the play head frames can be measured.
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

  /// A program plays from slot `slot`, 0 to 15, until ``detach(slot:)``.
  public mutating func attach(slot: Int, _ source: PlaybackSource) { sources[slot] = source }

  public mutating func detach(slot: Int) { sources[slot] = nil }

  /// The levels of `count` frames from `frame` on, as all playing programs together have them on the
  /// device's channels.
  public mutating func playback(from frame: DeviceFrame, count: Int64) -> ChannelLevels {
    var slot = 0
    while slot < 16 {
      sources[slot]?.refresh()
      slot += 1
    }
    return measure(from: frame, count: count, isPlayback: true)
  }

  /// The levels of `count` frames from `frame` on, as programs capture them.
  public mutating func capture(from frame: DeviceFrame, count: Int64) -> ChannelLevels {
    measure(from: frame, count: count, isPlayback: false)
  }

  private mutating func measure(
    from start: DeviceFrame, count: Int64, isPlayback: Bool
  ) -> ChannelLevels {
    let channels = DeviceFormat.channels
    let end = start + count
    let all = Columns(first: 0, count: channels)
    var levels = ChannelLevels()
    var frame = start
    while frame < end {
      let frames = min(SampleBlock.capacity / channels, Int(end - frame))
      block.begin(channels: channels, frames: frames)
      if isPlayback {
        var slot = 0
        while slot < 16 {
          sources[slot]?.add(to: block, all, at: frame)
          slot += 1
        }
      } else {
        captured.add(to: block, all, at: frame)
      }
      levels.add(block)
      frame = frame + Int64(frames)
    }
    return levels
  }
}
