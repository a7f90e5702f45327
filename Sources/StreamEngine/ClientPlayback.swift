// SPDX-License-Identifier: MIT
internal import MediaClock

/// A program that plays, or that has ended while its last frames are still to be played.
struct ClientPlayback: BitwiseCopyable {
  var source: PlaybackSource
  /// The frame at which the slot is released at the latest; set once the program has ended.
  var limit: DeviceFrame?

  @_noLocks @_noAllocation
  init(_ source: PlaybackSource) { self.source = source }
}
