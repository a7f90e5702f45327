// SPDX-License-Identifier: MIT

/// The first frame of a capture stream by both clocks of the device.
package struct StreamStart: Equatable, Sendable {
  /// Counted by the device clock, which never steps. A daemon that restarts counts anew.
  package let deviceFrame: Int64
  /// Counted by the media clock, which continues when the daemon restarts. It steps with the network's clock.
  package let mediaFrame: Int64

  package init(deviceFrame: Int64, mediaFrame: Int64) {
    self.deviceFrame = deviceFrame
    self.mediaFrame = mediaFrame
  }

  /// The frame that lies `frames` frames later, or earlier if negative.
  package func advanced(by frames: Int64) -> StreamStart {
    StreamStart(deviceFrame: deviceFrame + frames, mediaFrame: mediaFrame + frames)
  }

  /// The number of frames from `end` to this frame, 0 to `limit`. The device clock has precedence; the media clock
  /// decides if the daemon has restarted in between. Nil if both differ by more, or lie before `end`.
  func distance(from end: StreamStart, limit: Int64) -> Int64? {
    [deviceFrame - end.deviceFrame, mediaFrame - end.mediaFrame].first { (0...limit).contains($0) }
  }
}

/// A capture stream as the daemon reports it, which is a little later than it runs.
package struct ReportedStream: Equatable, Sendable {
  package let start: StreamStart
  /// The number of frames that were read since its start.
  private let frames: UInt64

  package init(start: StreamStart, frames: UInt64) {
    self.start = start
    self.frames = frames
  }

  /// Returns true if this is the stream that was started last, and not the one before. The start of the latter
  /// changes as well if the media clock steps, or if the daemon restarts.
  ///
  /// - Parameters:
  ///   - previous: the start of the stream before; nil if there was none.
  ///   - read: the number of frames that were read since the last start.
  package func isLatest(after previous: StreamStart?, read: Int) -> Bool {
    start.deviceFrame != previous?.deviceFrame && frames <= UInt64(read)
  }
}
