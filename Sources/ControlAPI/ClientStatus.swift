// SPDX-License-Identifier: MIT

/// One client in the status. Values that the client reports are checked for plausibility first.
public struct ClientStatus: Codable, Equatable, Sendable {
  public enum Direction: String, Codable, Sendable {
    case playback
    case capture
  }

  public var slot: Int
  /// The process id; 0 if the kernel does not report it.
  public var pid: Int32
  public var program: String
  public var direction: Direction
  public var channels: Int
  /// The first device channel, from 1.
  public var firstChannel: Int
  public var running = false
  /// The device frame of the running stream's first frame, and the corresponding media frame.
  public var startFrame: Int64 = 0
  public var startMediaFrame: Int64 = 0
  /// Frames written or read since the start.
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
