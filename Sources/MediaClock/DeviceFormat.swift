// SPDX-License-Identifier: MIT

/// The format of the device, which is that of its rings and the one that every program sees.
///
/// `aes67_shm.h` states the same for the plug-ins; a test compares the two.
public enum DeviceFormat {
  @inlinable
  public static var rate: SampleRate { @_noLocks @_noAllocation get { .hz48000 } }

  /// The number of channels in each direction; a stream has no more.
  @inlinable
  public static var channels: Int { @_noLocks @_noAllocation get { 64 } }

  /// Frames in a second.
  @inlinable
  public static var second: Int64 { @_noLocks @_noAllocation get { rate.hertz } }

  /// The number of frames in `count` milliseconds.
  @inlinable @_noLocks @_noAllocation
  public static func milliseconds(_ count: Int64) -> Int64 { count * second / 1_000 }
}
