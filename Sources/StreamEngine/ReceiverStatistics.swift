// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RealTime

/// The reason why a stream was placed again.
enum ResyncCause: BitwiseCopyable {
  /// Another SSRC, or another host.
  case sender
  /// The sequence numbers jumped, or the stream continued after a pause.
  case sequence
  /// The timestamps jumped.
  case timestamps
  /// No packet arrived in time.
  case arrival
  /// The timestamps lost or regained their relation to our clock.
  case clock
}

/// The statistics of one receiver's packets: the counters that any thread can read, the jitter, the histogram
/// of arrivals, and the last packets before a glitch.
///
/// All costs of counting a packet are in ``note(_:_:)``: the benchmark `statistics` compares it with the whole
/// path of a received packet.
@safe
package struct ReceiverStatistics: ~Copyable {
  // Safety: the counters outlive the receiver; the daemon frees them when it has come back.
  private let countersAddress: UnsafePointer<ReceiverCounters>
  private(set) var glitches = GlitchRecorder()
  private var lastTransit = Int64.min
  /// In 16ths of a frame.
  private var jitter: Int64 = 0
  /// Packets that are missing since the last gap and have not been counted as lost yet, and the end of that
  /// gap.
  private var missingInGap = 0
  private var gapEnd = DeviceFrame(0)
  /// The time at which the stream was last placed again.
  private(set) var lastResync = DeviceFrame(.min)

  @_noLocks @_noAllocation
  package init(_ counters: UnsafePointer<ReceiverCounters>) {
    unsafe countersAddress = unsafe counters
  }

  var counters: UnsafePointer<ReceiverCounters> {
    @_noLocks @_noAllocation get { unsafe countersAddress }
  }

  /// Notes a packet of the stream and its outcome.
  @_noLocks @_noAllocation
  package mutating func note(_ packet: PacketNote, _ outcome: PacketOutcome) {
    let counters = unsafe countersAddress
    unsafe counters.pointee.lastHeard.set(UInt64(bitPattern: packet.arrival.index))
    unsafe counters.pointee.lastSource.set(UInt64(packet.address))
    switch outcome.verdict {
    case .inTime, .reordered: unsafe counters.pointee.inTime.add()
    case .early: unsafe counters.pointee.early.add()
    case .duplicate: unsafe counters.pointee.duplicate.add()
    case .late:
      unsafe counters.pointee.late.add()
      report(.late, at: packet.arrival)
    }
    if outcome.isReordered { unsafe counters.pointee.reordered.add() }
    if outcome.isBridged { unsafe counters.pointee.concealed.add() }
    let margin = Int32(clamping: outcome.margin)
    if let transit = outcome.transit {
      unsafe counters.pointee.arrivals.add(Int64(margin))
      follow(transit)
    }
    var packet = packet
    packet.verdict = outcome.verdict
    packet.margin = margin
    glitches.note(packet)
  }

  /// Notes that a packet does not continue from the last one. After a long silence that is a gap, which
  /// includes the missing packets.
  ///
  /// - Parameter skipped: packets that are missing before it by sequence; 0 for a new beginning.
  @_noLocks @_noAllocation
  mutating func noteBreak(before packet: PacketNote, skipped: Int) {
    let last = unsafe Int64(bitPattern: countersAddress.pointee.lastHeard.count)
    let (silence, length) = (packet.arrival.index - last, Int64(packet.frames))
    guard last != 0, length > 0, silence >= GlitchKind.gap(packet: length) else { return }
    let known = glitches.reportGap(of: Int(silence / length) - 1, at: packet.arrival)
    missingInGap = max(0, skipped - known)
    gapEnd = packet.arrival
  }

  /// Interarrival jitter (RFC 3550, A.8).
  @_noLocks @_noAllocation
  private mutating func follow(_ transit: Int64) {
    if lastTransit != .min {
      let change = abs(transit - lastTransit)
      jitter += min(change, 1 << 32) - ((jitter + 8) >> 4)
      unsafe countersAddress.pointee.jitter.set(UInt64(bitPattern: jitter))
    }
    lastTransit = transit
  }

  /// Begins again, because the next packet's transit is not comparable to the last one's.
  @_noLocks @_noAllocation
  mutating func beginAnew() { lastTransit = .min }

  @_noLocks @_noAllocation
  mutating func countLost(_ count: Int, at now: DeviceFrame) {
    guard count > 0 else { return }
    unsafe countersAddress.pointee.lost.add(count)
    // No link offset is longer than that.
    if now.index - gapEnd.index > DeviceFormat.second { missingInGap = 0 }
    let explained = min(count, missingInGap)
    missingInGap -= explained
    report(.lost, count: count - explained, at: now)
  }

  @_noLocks @_noAllocation
  mutating func countResync(_ cause: ResyncCause, at now: DeviceFrame) {
    let counters = unsafe countersAddress
    unsafe counters.pointee.resyncs.add()
    lastResync = now
    switch cause {
    case .sender: break
    case .sequence: unsafe counters.pointee.sequenceResyncs.add()
    case .timestamps: unsafe counters.pointee.timestampResyncs.add()
    case .arrival: unsafe counters.pointee.arrivalResyncs.add()
    case .clock: unsafe counters.pointee.clockResyncs.add()
    }
    report(.resync, at: now)
  }

  @_noLocks @_noAllocation
  private mutating func report(_ kind: GlitchKind, count: Int = 1, at now: DeviceFrame) {
    glitches.report(kind, count: count, at: now)
  }

  /// Returns the glitch that is complete now.
  @_noLocks @_noAllocation
  mutating func takeGlitch() -> GlitchRecord { glitches.take() }
}
