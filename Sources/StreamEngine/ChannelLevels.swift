// SPDX-License-Identifier: MIT

/// How loud one channel was over some frames, in units of a 24-bit sample.
public struct ChannelLevel: Hashable, Sendable, BitwiseCopyable {
  /// The greatest magnitude that a sample has: `-2^23`.
  public static let fullScale: UInt32 = 0x80_0000

  /// The greatest magnitude, 0 to ``fullScale``.
  public let peak: UInt32
  /// The sum of all squared samples.
  public let squares: UInt64
  /// Samples that were as large as can be, either way.
  public let clips: UInt32
}

/// The levels of all the device's channels over the same frames.
public struct ChannelLevels: BitwiseCopyable, Sendable {
  /// At most 65,536, so that no sum of squares is too large for its type.
  public private(set) var frames = 0
  // An inline array's length must be a literal.
  private var groups = InlineArray<8, GroupLevels>(repeating: GroupLevels())

  public init() {}

  /// The level of a channel, from 0.
  public subscript(channel: Int) -> ChannelLevel {
    groups[channel / GroupLevels.channels][channel % GroupLevels.channels]
  }

  /// Takes in a block of all channels.
  mutating func add(_ block: borrowing SampleBlock) {
    var group = 0
    while (group + 1) * GroupLevels.channels <= block.channels {
      let first = group * GroupLevels.channels
      // Most channels of a device are silent, and silence adds nothing.
      if !block.isSilent(first) {
        var levels = groups[group]
        var frame = 0
        while frame < block.frames {
          levels.add(block.row(frame, first))
          frame += 1
        }
        groups[group] = levels
      }
      group += 1
    }
    frames += block.frames
  }
}

/// The levels of eight adjacent channels, which a processor takes in together.
private struct GroupLevels: BitwiseCopyable, Sendable {
  static let channels = SIMD8<Int32>.scalarCount
  private static var least: SIMD8<Int32> { SIMD8(repeating: -0x80_0000) }
  private static var greatest: SIMD8<Int32> { SIMD8(repeating: 0x7F_FFFF) }

  private var peaks = SIMD8<Int32>()
  private var clips = SIMD8<Int32>()
  /// Of channels 0, 2, 4 and 6, and of the others.
  private var evenSquares = SIMD4<UInt64>()
  private var oddSquares = SIMD4<UInt64>()

  /// Takes in one sample of each channel; what 24 bits do not hold counts as what they do.
  @inline(__always)
  mutating func add(_ samples: SIMD8<Int32>) {
    var values = samples
    values.replace(with: Self.least, where: values .< Self.least)
    values.replace(with: Self.greatest, where: values .> Self.greatest)
    values.replace(with: SIMD8<Int32>() &- values, where: values .< SIMD8<Int32>())
    peaks.replace(with: values, where: values .> peaks)
    clips.replace(with: clips &+ SIMD8<Int32>(repeating: 1), where: values .>= Self.greatest)
    // Two magnitudes of 32 bits in a word: the lower one is that of the even channel.
    let pairs = unsafe unsafeBitCast(values, to: SIMD4<UInt64>.self)
    let even = pairs & SIMD4(repeating: 0xFFFF_FFFF)
    let odd = pairs &>> SIMD4(repeating: 32)
    evenSquares = evenSquares &+ even &* even
    oddSquares = oddSquares &+ odd &* odd
  }

  subscript(index: Int) -> ChannelLevel {
    ChannelLevel(
      peak: UInt32(bitPattern: peaks[index]),
      squares: index % 2 == 0 ? evenSquares[index / 2] : oddSquares[index / 2],
      clips: UInt32(bitPattern: clips[index]))
  }
}
