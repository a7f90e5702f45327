// SPDX-License-Identifier: MIT

/// A step of the media offset: streams have a gap there, and go on (SRV-03).
public struct Rebase: Hashable, Sendable, BitwiseCopyable {
  /// Why the master's time was far from ours.
  public enum Cause: String, Sendable, BitwiseCopyable {
    /// The first alignment, before anything was locked.
    case start
    /// Another master than before was chosen, of another epoch.
    case master
    /// The master that was followed shows another time than it did.
    case epoch
  }

  /// By how much media frames went up.
  public var frames: Int64
  public var cause: Cause

  public init(frames: Int64, cause: Cause) {
    self.frames = frames
    self.cause = cause
  }
}
