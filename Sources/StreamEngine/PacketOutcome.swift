// SPDX-License-Identifier: MIT
internal import MediaClock

/// What became of a packet: the one result of taking it in, by which it is counted, judged, and
/// remembered for the record of a glitch.
package struct PacketOutcome: BitwiseCopyable {
  package var verdict: PacketVerdict
  /// Frames until its first was due; negative where it came too late.
  package var margin: Int64
  /// Frames from the one in which its first was sampled until it came; nil where its place is not known.
  package var transit: Int64?
  /// It was overtaken by a later one.
  package var isReordered = false
  /// The packet before it was missing, and has been made up for.
  var isBridged = false

  /// A packet without a place.
  @_noLocks @_noAllocation
  private init(_ verdict: PacketVerdict, margin: Int64) {
    self.verdict = verdict
    self.margin = margin
  }

  /// It had come before.
  static var duplicate: PacketOutcome {
    @_noLocks @_noAllocation get { PacketOutcome(.duplicate, margin: 0) }
  }

  /// It is older than anything that could still be placed.
  static var ancient: PacketOutcome {
    @_noLocks @_noAllocation get { PacketOutcome(.late, margin: .min) }
  }

  /// A packet whose first frame is heard in device frame `due`.
  @_noLocks @_noAllocation
  init(_ packet: IncomingPacket, due: DeviceFrame, at moment: ReceiveMoment) {
    let margin = due - moment.playHead
    self.margin = margin
    verdict = margin < 0 ? .late : packet.isReordered ? .reordered : .inTime
    transit = moment.now - packet.sampled
    isReordered = packet.isReordered
  }

  /// A packet that came in time.
  @_noLocks @_noAllocation
  package init(margin: Int64, transit: Int64) {
    verdict = .inTime
    self.margin = margin
    self.transit = transit
  }

  /// Frames of the packet that were due before it came.
  var behind: Int64 { @_noLocks @_noAllocation get { max(0, -margin) } }
}
