// SPDX-License-Identifier: MIT
internal import MediaClock

/// The result of taking in a packet, by which it is counted, judged, and kept for the record of a glitch.
package struct PacketOutcome: BitwiseCopyable {
  package var verdict: PacketVerdict
  /// Frames until its first one was due; negative if it was late.
  package var margin: Int64
  /// Frames from the sampling of its first frame to its arrival; nil if its place is unknown.
  package var transit: Int64?
  /// True if it was overtaken by a later one.
  package var isReordered = false
  /// True if the packet before it was missing and has been concealed.
  var isBridged = false

  /// The outcome of a packet without a place.
  @_noLocks @_noAllocation
  private init(_ verdict: PacketVerdict, margin: Int64) {
    self.verdict = verdict
    self.margin = margin
  }

  /// The outcome of a packet that was already received.
  static var duplicate: PacketOutcome {
    @_noLocks @_noAllocation get { PacketOutcome(.duplicate, margin: 0) }
  }

  /// The outcome of a packet that is too old to be placed.
  static var ancient: PacketOutcome {
    @_noLocks @_noAllocation get { PacketOutcome(.late, margin: .min) }
  }

  /// The outcome of a packet whose first frame is played in device frame `due`.
  @_noLocks @_noAllocation
  init(_ packet: IncomingPacket, due: DeviceFrame, at moment: ReceiveMoment) {
    let margin = due - moment.playHead
    self.margin = margin
    verdict = margin < 0 ? .late : packet.isReordered ? .reordered : .inTime
    transit = moment.now - packet.sampled
    isReordered = packet.isReordered
  }

  /// The outcome of a packet that arrived in time.
  @_noLocks @_noAllocation
  package init(margin: Int64, transit: Int64) {
    verdict = .inTime
    self.margin = margin
    self.transit = transit
  }

  /// Frames of the packet that were due before it arrived.
  var behind: Int64 { @_noLocks @_noAllocation get { max(0, -margin) } }
}
