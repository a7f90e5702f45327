// SPDX-License-Identifier: MIT
internal import MediaClock

/// A program that plays, or that has gone and whose last frames still do.
struct ClientPlayback: BitwiseCopyable {
  var source: PlaybackSource
  /// Set once it has gone: its place is given back then at the latest.
  var limit: DeviceFrame?

  @_noLocks @_noAllocation
  init(_ source: PlaybackSource) { self.source = source }
}
