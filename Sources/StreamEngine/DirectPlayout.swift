// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// Direct playout: packets are written where their timestamps say, bit for bit and in any order. For senders
/// that share our clock, whether their description says so or not.
///
/// While the link offset changes, each packet is written twice (``Crossover``).
struct DirectPlayout: BitwiseCopyable {
  /// Frames by which a packet must arrive before its own first frame is due.
  static var lead: Int64 { @_noLocks @_noAllocation get { 0 } }

  let format: PlayoutFormat
  private(set) var crossover: Crossover?

  @_noLocks @_noAllocation
  init(_ format: PlayoutFormat) { self.format = format }

  /// Writes the frames of a packet that are not due yet, and conceals packets that are missing before it.
  // Mutating, although it changes nothing: otherwise it would be copied for each packet.
  @_noLocks @_noAllocation
  mutating func write(
    _ bytes: RawSpan, _ packet: IncomingPacket, _ linkOffset: Int64, at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) -> PacketOutcome {
    let frame = packet.sampled + linkOffset
    var outcome = PacketOutcome(packet, due: frame, at: moment)
    guard ring.end - frame >= packet.count else {
      outcome.verdict = .early
      return outcome
    }
    let behind = outcome.behind
    if let crossover {
      ring.open(through: max(frame + packet.count, crossover.end))
      crossover.write(
        bytes, at: packet.payloadOffset, encoding: format.encoding, format.route,
        count: Int(packet.count), sampled: packet.sampled, newOffset: linkOffset,
        from: moment.playHead, into: ring.samples)
      return outcome
    }
    if behind < packet.count {
      ring.open(through: frame + packet.count)
      // Not as one call with the route, which would be copied for each packet.
      var run = 0
      while run < format.route.count {
        ring.samples.write(
          bytes, at: packet.payloadOffset, encoding: format.encoding, format.route[run],
          of: format.route.channels, skipping: Int(behind), count: Int(packet.count - behind),
          at: frame + behind)
        run += 1
      }
    }
    let gapStart = packet.gapStart + linkOffset
    if packet.skipped > 0, format.conceals, gapStart < frame {
      outcome.isBridged = ring.samples.conceal(
        packet.skipped, format.route, from: gapStart, to: frame, packet: packet.count,
        notBefore: moment.playHead)
    }
    return outcome
  }

  /// Completes a change of the link offset whose cross-fade has been played.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) {
    if let crossover, !(moment.playHead < crossover.end) { self.crossover = nil }
  }

  /// Changes from link offset `old` to another, from device frame `start` on.
  ///
  /// - Parameter written: the frame after the last one in the ring.
  @_noLocks @_noAllocation
  mutating func change(
    _ old: Int64, from start: DeviceFrame, written end: DeviceFrame,
    at moment: ReceiveMoment, in ring: borrowing CaptureRing
  ) {
    let written = min(end, ring.end)
    guard moment.playHead < written else { return }
    let crossover = Crossover(oldOffset: old, start: start)
    crossover.begin(ring.samples, format.route, written: written)
    self.crossover = crossover
  }
}
