// SPDX-License-Identifier: MIT

/// How loud one channel was over some frames, in units of a 24-bit sample.
public struct ChannelLevel: Hashable, Sendable, BitwiseCopyable {
  /// The greatest magnitude that a sample has: `-2^23`.
  public static var fullScale: UInt32 { @_noLocks @_noAllocation get { 0x80_0000 } }

  /// The greatest magnitude, 0 to ``fullScale``.
  public private(set) var peak: UInt32 = 0
  /// The sum of all squared samples.
  public private(set) var squares: UInt64 = 0
  /// Samples that were as large as can be, either way.
  public private(set) var clips: UInt32 = 0

  @_noLocks @_noAllocation
  public init() {}

  /// Takes in one sample; what 24 bits do not hold counts as what they do.
  @_noLocks @_noAllocation
  mutating func add(_ sample: Int32) {
    let value = max(-0x80_0000, min(0x7F_FFFF, sample))
    let magnitude = value.magnitude
    if magnitude > peak { peak = magnitude }
    squares &+= UInt64(magnitude) * UInt64(magnitude)
    if magnitude >= 0x7F_FFFF { clips += 1 }
  }
}

/// The levels of all the device's channels over the same frames.
public struct ChannelLevels: BitwiseCopyable, Sendable {
  /// At most 65,536, so that no sum of squares is too large for its type.
  public private(set) var frames = 0
  // An inline array's length must be a literal.
  public private(set) var channels = InlineArray<64, ChannelLevel>(repeating: ChannelLevel())

  @_noLocks @_noAllocation
  public init() {}

  /// Takes in a block of all channels.
  @_noLocks @_noAllocation
  mutating func add(_ block: borrowing SampleBlock) {
    var first = 0
    while first < block.channels {
      let count = min(Self.group, block.channels - first)
      // Most channels of a device are silent, and silence adds nothing.
      if !block.isSilent(first, count: count) { add(block, first, count: count) }
      first += count
    }
    frames += block.frames
  }

  private static var group: Int { @_noLocks @_noAllocation get { 8 } }

  @_noLocks @_noAllocation
  private mutating func add(_ block: borrowing SampleBlock, _ first: Int, count: Int) {
    var channel = first
    while channel < first + count {
      var frame = 0
      while frame < block.frames {
        channels[channel].add(block.sum(frame, channel))
        frame += 1
      }
      channel += 1
    }
  }
}
