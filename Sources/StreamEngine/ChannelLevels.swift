// SPDX-License-Identifier: MIT

/// The level of one channel over some frames, in units of a 24-bit sample.
public struct ChannelLevel: Hashable, Sendable, BitwiseCopyable {
  /// The greatest magnitude of a sample: `-2^23`.
  public static let fullScale: UInt32 = 0x80_0000

  /// The greatest magnitude, 0 to ``fullScale``.
  public let peak: UInt32
  /// The sum of all squared samples, accurate to a millionth.
  public let squares: Double
  /// Samples at full scale, positive or negative.
  public let clips: UInt32
}

/// The levels of all the device's channels over the same frames.
public struct ChannelLevels: BitwiseCopyable, Sendable {
  public private(set) var frames = 0
  // An inline array's length must be a literal.
  private var groups = InlineArray<8, GroupLevels>(repeating: GroupLevels())

  public init() {}

  /// The level of a channel, from 0.
  public subscript(channel: Int) -> ChannelLevel {
    groups[channel / GroupLevels.channels][channel % GroupLevels.channels]
  }

  /// Extends the levels to more frames, the additional ones being silent.
  mutating func extend(to count: Int) { frames = max(frames, count) }

  /// Adds a ring's frames of all channels, from position `from` up to `to`.
  @unsafe
  mutating func add(ring: UnsafePointer<Int32>, channels: Int, from: Int64, to: Int64) {
    var position = from
    while position < to {
      let rows = unsafe SampleRows(ring: ring, channels: channels, from: position, to: to)
      add(rows)
      position += Int64(rows.count)
    }
  }

  /// Adds frames of all channels.
  mutating func add(_ rows: SampleRows) {
    var group = 0
    while (group + 1) * GroupLevels.channels <= rows.channels {
      let first = group * GroupLevels.channels
      // Most channels of a device are silent, and silence adds nothing to a level.
      if !rows.isSilent(first) { groups[group].add(RowLevels(rows, first)) }
      group += 1
    }
    frames += rows.count
  }
}

/// The levels of eight adjacent channels, which a processor handles together.
private struct GroupLevels: BitwiseCopyable, Sendable {
  static let channels = SIMD8<Float>.scalarCount

  private var peaks = SIMD8<Float>()
  private var squares = SIMD8<Double>()
  private var clips = SIMD8<UInt32>()

  mutating func add(_ rows: RowLevels) {
    peaks.replace(with: rows.peaks, where: rows.peaks .> peaks)
    squares += SIMD8<Double>(rows.squares)
    clips &+= rows.clips
  }

  subscript(index: Int) -> ChannelLevel {
    ChannelLevel(peak: UInt32(peaks[index]), squares: squares[index], clips: clips[index])
  }
}

/// The levels of eight channels over a few frames.
///
/// They are measured as floating-point numbers, which hold 24-bit samples exactly. A processor without
/// extensions compares and multiplies four of them at once, but needs several steps for 32-bit integers.
private struct RowLevels {
  /// The greatest magnitude of each channel.
  let peaks: SIMD8<Float>
  /// The sum of all squared samples of each channel.
  let squares: SIMD8<Float>
  let clips: SIMD8<UInt32>

  /// - Parameter first: the first of the channels.
  init(_ rows: SampleRows, _ first: Int) {
    var values = Values()
    var frame = 0
    while frame < rows.count {
      values.add(rows[frame, first])
      frame += 1
    }
    var clips = SIMD8<UInt32>()
    // Most audio does not reach full scale; clips are counted only if some does.
    if values.magnitudes.greatest >= Float(rows.unit) * 0x7F_FFFF {
      (values, clips) = Self.clipped(rows, first)
    }
    // Exact, as the unit is a power of two.
    let step = 1 / Float(rows.unit)
    peaks = values.magnitudes * step
    squares = values.squares * (step * step)
    self.clips = clips
  }

  /// Measures rows that reach full scale: samples beyond 24 bits count as full scale.
  @inline(never)
  private static func clipped(
    _ rows: SampleRows, _ first: Int
  ) -> (values: Values, clips: SIMD8<UInt32>) {
    let least = SIMD8<Float>(repeating: Float(rows.unit) * -0x80_0000)
    let greatest = SIMD8<Float>(repeating: Float(rows.unit) * 0x7F_FFFF)
    var values = Values()
    var clips = SIMD8<UInt32>()
    var frame = 0
    while frame < rows.count {
      let samples = rows[frame, first].clamped(lowerBound: least, upperBound: greatest)
      values.add(samples)
      let isClipped = (samples .>= greatest) .| (samples .<= -greatest)
      clips.replace(with: clips &+ SIMD8(repeating: 1), where: isClipped)
      frame += 1
    }
    return (values, clips)
  }

  /// Levels in units of the rows.
  private struct Values {
    var highest = SIMD8<Float>()
    var lowest = SIMD8<Float>()
    var squares = SIMD8<Float>()

    @inline(__always)
    mutating func add(_ samples: SIMD8<Float>) {
      highest.replace(with: samples, where: samples .> highest)
      lowest.replace(with: samples, where: samples .< lowest)
      squares += samples * samples
    }

    @inline(__always)
    var magnitudes: SIMD8<Float> {
      let inverted = -lowest
      return highest.replacing(with: inverted, where: inverted .> highest)
    }
  }
}

extension SIMD8<Float> {
  /// The greatest of all values, found in pairs as a processor does it.
  fileprivate var greatest: Float {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    return Swift.max(Swift.max(four[0], four[1]), Swift.max(four[2], four[3]))
  }
}
