// SPDX-License-Identifier: MIT
public import MediaClock
public import RTP

/// Adjacent channels of a ring that belong to one stream, and are adjacent there, too.
public struct Columns: Hashable, Sendable, BitwiseCopyable {
  /// The first channel of the ring, from 0.
  public var first: Int
  public var count: Int
  /// The corresponding channel of the stream, from 0.
  public var stream: Int

  @_noLocks @_noAllocation
  public init(first: Int, count: Int, stream: Int = 0) {
    self.first = first
    self.count = count
    self.stream = stream
  }
}

/// A ring of interleaved int32 samples, addressed by frame: the storage of the capture ring, and of the packets
/// that wait for resampling.
///
/// Every index is reduced modulo the ring, so that no frame number is out of bounds. The owner of the ring
/// knows which frames are valid.
@safe
public struct SampleRing: BitwiseCopyable {
  // Safety: `frames` x `channels` samples that outlive the ring; columns lie within the channels.
  private let samples: UnsafeMutablePointer<Int32>
  public let frames: Int64
  public let channels: Int

  /// - Parameter frames: a power of two.
  @_noLocks @_noAllocation
  public init(_ samples: UnsafeMutablePointer<Int32>, frames: Int64, channels: Int) {
    unsafe self.samples = unsafe samples
    self.frames = frames
    self.channels = channels
  }

  @unsafe @_noLocks @_noAllocation
  func row(_ frame: DeviceFrame, _ columns: Columns) -> UnsafeMutablePointer<Int32> {
    unsafe samples + (Int(frame.index & (frames - 1)) * channels + columns.first)
  }

  /// Silences all channels of `count` frames, at most a ring's.
  @_noLocks @_noAllocation
  func silence(from start: DeviceFrame, count: Int64) {
    var next = start
    let end = start + min(count, frames)
    while next < end {  // At most two rounds: the ring wraps once.
      let slot = next.index & (frames - 1)
      let run = min(end - next, frames - slot)
      unsafe (samples + Int(slot) * channels).update(repeating: 0, count: Int(run) * channels)
      next = next + run
    }
  }

  /// Silences a stream's channels from `start` up to `end`, at most a ring's length.
  @_noLocks @_noAllocation
  func silence(_ columns: Columns, from start: DeviceFrame, to end: DeviceFrame) {
    var next = max(start, end - frames)
    while next < end {
      unsafe row(next, columns).update(repeating: 0, count: columns.count)
      next = next + 1
    }
  }

  /// Decodes `count` frames of the payload at `offset` in `bytes` to the slots from `frame` on, after the first
  /// `skipped` frames of the payload. A frame of the payload has `channels` channels.
  @_noLocks @_noAllocation
  public func write(
    _ bytes: RawSpan, at offset: Int, encoding: SampleEncoding, _ columns: Columns,
    of channels: Int, skipping skipped: Int, count: Int, at frame: DeviceFrame
  ) {
    let stride = channels * encoding.bytesPerSample
    let first = offset + columns.stream * encoding.bytesPerSample + skipped * stride
    guard count > 0, first >= 0, columns.count > 0,
      first + (count - 1) * stride + columns.count * encoding.bytesPerSample <= bytes.byteCount
    else { return }
    var source = first
    var index = 0
    // One loop for each encoding: a check in every frame takes twice as long.
    switch encoding {
    case .l24:
      while index < count {
        let target = unsafe row(frame + Int64(index), columns)
        unsafe SampleCodec.unpackL24(bytes, at: source, to: target, count: columns.count)
        source &+= stride
        index &+= 1
      }
    case .l16:
      while index < count {
        let target = unsafe row(frame + Int64(index), columns)
        unsafe SampleCodec.unpackL16(bytes, at: source, to: target, count: columns.count)
        source &+= stride
        index &+= 1
      }
    }
  }
}

/// A weight between 0 and 1 with 16 fractional bits, along a smooth curve.
struct Ramp: BitwiseCopyable {
  static var one: Int64 { @_noLocks @_noAllocation get { 65_536 } }

  /// The weight at `position` of `length`: 3t^2 - 2t^3.
  @_noLocks @_noAllocation
  static func weight(_ position: Int64, of length: Int64) -> Int64 {
    if position <= 0 { return 0 }
    if position >= length { return one }
    let t = position * one / length
    let square = (t * t) >> 16
    return (square * (3 * one - 2 * t)) >> 16
  }

  /// `sample` times `weight`, still with 24 significant bits.
  @_noLocks @_noAllocation
  static func scale(_ sample: Int32, _ weight: Int64) -> Int32 {
    Int32(truncatingIfNeeded: (Int64(sample) * weight) >> 16) & ~0xFF
  }

  /// The sum of two scaled samples, saturated.
  @_noLocks @_noAllocation
  static func sum(_ left: Int32, _ right: Int32) -> Int32 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (left < 0 ? Int32.min : Int32.max & ~0xFF) : sum
  }
}
