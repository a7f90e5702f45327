// SPDX-License-Identifier: MIT

/// A frame of the device clock: counts since the daemon started, never stepped.
///
/// It drives hardware pointers, rings and timers. A frame is one sample of every channel.
@frozen
public struct DeviceFrame: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var index: Int64

  @inlinable @_noLocks @_noAllocation
  public init(_ index: Int64) { self.index = index }

  @inlinable @_noLocks @_noAllocation
  public static func < (left: DeviceFrame, right: DeviceFrame) -> Bool { left.index < right.index }

  @inlinable @_noLocks @_noAllocation
  public static func + (frame: DeviceFrame, count: Int64) -> DeviceFrame {
    DeviceFrame(frame.index &+ count)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (frame: DeviceFrame, count: Int64) -> DeviceFrame {
    DeviceFrame(frame.index &- count)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (left: DeviceFrame, right: DeviceFrame) -> Int64 {
    left.index &- right.index
  }
}

/// A frame of the media clock: PTP time times the sample rate (AES67, 5). RTP and SDP know only these.
@frozen
public struct MediaFrame: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var index: Int64

  @inlinable @_noLocks @_noAllocation
  public init(_ index: Int64) { self.index = index }

  @inlinable @_noLocks @_noAllocation
  public static func < (left: MediaFrame, right: MediaFrame) -> Bool { left.index < right.index }

  @inlinable @_noLocks @_noAllocation
  public static func + (frame: MediaFrame, count: Int64) -> MediaFrame {
    MediaFrame(frame.index &+ count)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (frame: MediaFrame, count: Int64) -> MediaFrame {
    MediaFrame(frame.index &- count)
  }

  @inlinable @_noLocks @_noAllocation
  public static func - (left: MediaFrame, right: MediaFrame) -> Int64 {
    left.index &- right.index
  }

  /// The first multiple of `grid` that is not before this frame. `grid` is at least 1.
  @inlinable @_noLocks @_noAllocation
  public func alignedUp(to grid: Int64) -> MediaFrame {
    let remainder = index % grid
    if remainder == 0 { return self }
    return MediaFrame(index &- remainder &+ (remainder > 0 ? grid : 0))
  }
}

/// The distance between the two counts: media frame = device frame + offset.
///
/// A new grandmaster or epoch changes this number alone. Pointers and rings are not affected.
@frozen
public struct MediaOffset: Hashable, Sendable, BitwiseCopyable {
  public var frames: Int64

  @inlinable @_noLocks @_noAllocation
  public init(frames: Int64) { self.frames = frames }

  @inlinable @_noLocks @_noAllocation
  public func media(_ frame: DeviceFrame) -> MediaFrame { MediaFrame(frame.index &+ frames) }

  @inlinable @_noLocks @_noAllocation
  public func device(_ frame: MediaFrame) -> DeviceFrame { DeviceFrame(frame.index &- frames) }
}
