// SPDX-License-Identifier: MIT

/// The timing of the device's senders for programs, in frames.
package struct StreamTiming: Equatable, Sendable {
  /// Programs' streams start on multiples of this in media frames, where a packet of every sender starts.
  package var startGrid: UInt32
  /// The time from a client's hardware pointer to the wire: a packet leaves when its last frame has passed.
  package var playbackLatency: UInt32

  /// - Parameters: the values of a device without streams, whose next sender has packets of 1 ms.
  package init(startGrid: UInt32 = 48, playbackLatency: UInt32 = 48) {
    self.startGrid = startGrid
    self.playbackLatency = playbackLatency
  }
}
