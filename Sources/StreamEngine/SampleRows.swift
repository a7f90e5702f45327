// SPDX-License-Identifier: MIT
internal import CSharedMemory

/// Consecutive frames in memory, to be measured where they are.
@safe
struct SampleRows {
  /// The maximum number of frames. A processor fetches these in one go; with more, it would wait for each row
  /// of eight channels.
  static let maximum = 16

  // Safety: the caller has checked that all rows exist, and outlives it.
  private let samples: UnsafePointer<Int32>
  /// The number of channels of a frame.
  let channels: Int
  let count: Int
  /// The smallest step of a sample: 256 in a ring, whose samples have 24 bits above eight unused ones; 1 for
  /// sums.
  let unit: Int32

  @unsafe
  init(_ samples: UnsafePointer<Int32>, channels: Int, count: Int, unit: Int32) {
    unsafe self.samples = unsafe samples
    self.channels = channels
    self.count = count
    self.unit = unit
  }

  /// Frames of a ring with `AES67_RING_FRAMES` frames: as many as are consecutive, at most ``maximum``.
  ///
  /// - Parameters:
  ///   - position: of the first frame.
  ///   - end: after the last frame to be measured.
  @unsafe
  init(ring: UnsafePointer<Int32>, channels: Int, from position: Int64, to end: Int64) {
    let slot = Int(position & Int64(AES67_RING_FRAMES - 1))
    unsafe self.init(
      ring + slot * channels, channels: channels,
      count: min(min(Int(end - position), Self.maximum), Int(AES67_RING_FRAMES) - slot), unit: 256)
  }

  /// One frame of eight channels from `first` on, inside the rows, in steps of `unit`.
  @inline(__always)
  subscript(frame: Int, first: Int) -> SIMD8<Float> {
    SIMD8<Float>(row(frame, first) & ~(unit &- 1))
  }

  /// Returns true if all frames of eight channels from `first` on are digital silence.
  func isSilent(_ first: Int) -> Bool {
    var bits = SIMD8<Int32>()
    var frame = 0
    while frame < count {
      bits |= row(frame, first)
      frame += 1
      // Audio seldom begins with silence.
      if frame == 1, !isZero(bits) { return false }
    }
    return isZero(bits)
  }

  @inline(__always)
  private func row(_ frame: Int, _ first: Int) -> SIMD8<Int32> {
    // Safety: callers stay below `count` and `channels`.
    unsafe UnsafeRawPointer(samples + (frame &* channels &+ first))
      .loadUnaligned(as: SIMD8<Int32>.self)
  }

  @inline(__always)
  private func isZero(_ bits: SIMD8<Int32>) -> Bool {
    let pairs = unsafe unsafeBitCast(bits, to: SIMD4<UInt64>.self)
    return pairs[0] | pairs[1] | pairs[2] | pairs[3] == 0
  }
}
