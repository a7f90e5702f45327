// SPDX-License-Identifier: MIT

/// One client as the status shows it. The numbers that a client claims are made credible first.
public struct ClientStatus: Codable, Equatable, Sendable {
  public enum Direction: String, Codable, Sendable {
    case playback
    case capture
  }

  public var slot: Int
  /// 0 when the kernel does not say.
  public var pid: Int32
  public var program: String
  public var direction: Direction
  public var channels: Int
  /// Counts from 1.
  public var firstChannel: Int
  public var running = false
  /// Device frame of the running stream's first frame, and the media frame of that.
  public var startFrame: Int64 = 0
  public var startMediaFrame: Int64 = 0
  /// Written or read since the start.
  public var frames: UInt64 = 0
  public var xruns: UInt64 = 0
  public var periodFrames: UInt32 = 0
  public var bufferFrames: UInt32 = 0

  public init(
    slot: Int, pid: Int32, program: String, direction: Direction, channels: Int, firstChannel: Int,
    running: Bool = false, startFrame: Int64 = 0, startMediaFrame: Int64 = 0, frames: UInt64 = 0,
    xruns: UInt64 = 0, periodFrames: UInt32 = 0, bufferFrames: UInt32 = 0
  ) {
    self.slot = slot
    self.pid = pid
    self.program = program
    self.direction = direction
    self.channels = channels
    self.firstChannel = firstChannel
    self.running = running
    self.startFrame = startFrame
    self.startMediaFrame = startMediaFrame
    self.frames = frames
    self.xruns = xruns
    self.periodFrames = periodFrames
    self.bufferFrames = bufferFrames
  }
}
