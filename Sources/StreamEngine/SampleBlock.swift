// SPDX-License-Identifier: MIT

/// The audio of one packet while it is mixed: interleaved sums of 24-bit samples.
///
/// Sixteen clients of 24 bits need 28 bits, so that an int32 never wraps and saturation can wait until the end:
/// the order of clients does not matter.
@safe
public struct SampleBlock: ~Copyable {
  /// The maximum number of samples in an L24 payload.
  public static var capacity: Int { @_noLocks @_noAllocation get { 480 } }

  // Safety: the owner gave room for `capacity` samples; channels x frames never exceeds it.
  private let sums: UnsafeMutablePointer<Int32>
  private(set) var channels = 0
  private(set) var frames = 0

  public init(_ storage: UnsafeMutablePointer<Int32>) {
    unsafe sums = unsafe storage
  }

  /// Begins a packet of silence.
  @_noLocks @_noAllocation
  mutating func begin(channels: Int, frames: Int) {
    let fits = channels * frames <= SampleBlock.capacity
    self.channels = fits ? channels : 0
    self.frames = fits ? frames : 0
    unsafe sums.update(repeating: 0, count: self.channels * self.frames)
  }

  /// Adds `count` ring samples to `frame`, from `channel` on.
  ///
  /// - Safety: the caller has checked that they lie inside the block.
  @_noLocks @_noAllocation
  @unsafe
  func add(_ samples: UnsafePointer<Int32>, count: Int, frame: Int, channel: Int) {
    let row = unsafe sums + (frame * channels + channel)
    var index = 0
    while index < count {
      unsafe row[index] &+= samples[index] >> 8
      index += 1
    }
  }

  /// The sum of one sample; inside the block.
  @_noLocks @_noAllocation
  func sum(_ frame: Int, _ channel: Int) -> Int32 {
    // Safety: callers stay below `frames` and `channels`.
    unsafe sums[frame * channels + channel]
  }

  /// All sums.
  var rows: SampleRows {
    unsafe SampleRows(sums, channels: channels, count: frames, unit: 1)
  }

  /// Writes the saturated sums as L24 at `offset`; returns the payload's bytes.
  @_noLocks @_noAllocation
  func write(into bytes: inout MutableRawSpan, at offset: Int) -> Int {
    unsafe SampleCodec.packL24(sums, count: channels * frames, into: &bytes, at: offset)
    return channels * frames * 3
  }
}
