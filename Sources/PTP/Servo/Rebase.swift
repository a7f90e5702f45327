// SPDX-License-Identifier: MIT

/// A step of the media offset, which is a gap for streams, after which they continue (SRV-03).
public struct Rebase: Hashable, Sendable, BitwiseCopyable {
  /// The reason why the master's time was far from ours.
  public enum Cause: String, Sendable, BitwiseCopyable {
    /// The first alignment, before anything was locked.
    case start
    /// Another master with another epoch was selected.
    case master
    /// The followed master has changed its time.
    case epoch
  }

  /// The number of media frames by which the offset increased.
  public var frames: Int64
  public var cause: Cause

  public init(frames: Int64, cause: Cause) {
    self.frames = frames
    self.cause = cause
  }
}
