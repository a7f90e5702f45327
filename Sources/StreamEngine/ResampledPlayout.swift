// SPDX-License-Identifier: MIT
internal import MediaClock

/// Resampled playout: packets are resampled before they go to the capture ring, which keeps a stream with
/// another clock at its link offset (CLK-05).
///
/// | event | then |
/// |---|---|
/// | the sender's clock is found to drift | begins with the next frame |
/// | a packet | is staged by its timestamp, then resampled into the capture ring |
/// | a packet is missing | waits for it while the audio in the ring suffices, then continues |
/// | a long gap | begins again after it, at the same rate |
///
/// Until it begins, packets go to the ring unchanged (``DirectPlayout``). Frames are named here by their
/// timestamps ("stamped"), before any movement.
struct ResampledPlayout: BitwiseCopyable {
  /// Frames by which a packet must arrive before its own first frame is due: its audio begins a little before
  /// that.
  static var lead: Int64 { @_noLocks @_noAllocation get { Resampler.future } }
  /// The audio that must be left in the ring to wait for a missing packet: the longest sleep of the receive
  /// thread, and a third more.
  static var hold: Int64 { @_noLocks @_noAllocation get { 64 } }
  /// The rate at which a new link offset is approached: 500 ppm.
  private static var pace: Double { 5e-4 }

  private let format: PlayoutFormat
  private var resampler: Resampler
  /// The stamped frame after the last received packet.
  private var stagedEnd = DeviceFrame(0)
  /// The stamped frame up to which nothing is missing.
  private var wholeEnd = DeviceFrame(0)
  private var missing = 0
  /// The first staged frame.
  private var begun = DeviceFrame(0)
  /// The next frame of input.
  private var fed = DeviceFrame(0)
  /// The next frame of output, and its stamped position.
  private(set) var next = DeviceFrame(0)
  private var position = DeviceFrame(0)
  private var fraction = 0.0
  private var step = 1.0
  /// The first frame that may be written; the audio before it is not resampled.
  private var opening = DeviceFrame(0)
  /// The audible link offset, which approaches the one in force.
  private var linkOffset = 0.0
  private var paceNow = 0.0

  @_noLocks @_noAllocation
  init(_ format: PlayoutFormat) {
    self.format = format
    resampler = Resampler(missingFor: format.route.count)
  }

  /// Takes the resampler that it needs before it can begin.
  @_noLocks @_noAllocation
  mutating func equip(_ resampler: Resampler) { self.resampler = resampler }

  /// Returns true if it can begin.
  var isEquipped: Bool { @_noLocks @_noAllocation get { resampler.isThere } }

  /// Returns true if received packets wait for a missing one.
  var isWaiting: Bool { @inline(__always) @_noLocks @_noAllocation get { missing > 0 } }

  private var staged: SampleRing { @_noLocks @_noAllocation get { resampler.staged } }
  private var stagedColumns: Columns {
    @_noLocks @_noAllocation get { Columns(first: 0, count: resampler.channels) }
  }

  /// Frames from a stamped frame to the device frame in which it is played.
  private var delay: Double {
    @inline(__always) @_noLocks @_noAllocation get { Double(next - position) - fraction }
  }

  /// The number of frames by which the packets' places have moved: the sender's clock less ours.
  var shift: Double { @inline(__always) @_noLocks @_noAllocation get { delay - linkOffset } }

  /// The device frame in which the frame with this timestamp was sampled.
  @inline(__always) @_noLocks @_noAllocation
  func sampled(_ stamped: DeviceFrame) -> DeviceFrame { stamped + Int64(shift) }

  /// The device frame in which a stamped frame is played.
  @inline(__always) @_noLocks @_noAllocation
  private func frame(_ stamped: DeviceFrame) -> DeviceFrame {
    // Never negative: a transit is at least that of one frame.
    stamped + Int64(delay)
  }

  /// Sets the rate, and the next step towards link offset `target`.
  ///
  /// - Parameter slope: the movement of the packets' places, in frames per frame.
  @_noLocks @_noAllocation
  mutating func turn(to target: Int64, slope: Double) {
    let maximum = ResampledPlayout.pace * Double(ArrivalShape.interval)
    let stretch = max(-maximum, min(Double(target) - linkOffset, maximum))
    linkOffset += stretch
    paceNow = stretch / Double(ArrivalShape.interval)
    step = 1 - slope - paceNow
  }

  /// Begins to resample. The frames in the capture ring up to the stamped frame `end` are played first; the
  /// last of them are the past that the first resampled frames depend on.
  @_noLocks @_noAllocation
  mutating func begin(
    behind end: DeviceFrame, linkOffset: Int64, slope: Double, in ring: inout CaptureRing
  ) {
    self.linkOffset = Double(linkOffset)
    restart(at: end - Resampler.past, heardAt: end + (linkOffset - Resampler.past))
    opening = end + linkOffset
    stagedEnd = end
    wholeEnd = end
    begun = end
    fed = end
    turn(to: linkOffset, slope: slope)
    staged.silence(stagedColumns, from: position, to: end)
    var frame = position
    while frame < end {
      staged.copy(format.route, from: ring.samples, at: frame + linkOffset, to: frame)
      frame = frame + 1
    }
    convert(from: position, count: Resampler.past, into: &ring, playHead: opening)
  }

  @_noLocks @_noAllocation
  private mutating func restart(at stamped: DeviceFrame, heardAt frame: DeviceFrame) {
    resampler.reset()
    position = stamped
    fraction = 0
    next = frame
    fed = stamped
    begun = stamped
    missing = 0
  }

  /// Writes the frames of a packet that are not due yet, and conceals packets that are missing before it.
  @_noLocks @_noAllocation
  mutating func write(
    _ bytes: RawSpan, _ packet: IncomingPacket, at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) -> PacketOutcome {
    let due = frame(packet.stamped) - ResampledPlayout.lead
    var outcome = PacketOutcome(packet, due: due, at: moment)
    guard ring.end - due >= packet.count else {
      outcome.verdict = .early
      if !packet.isReordered { skip(packet) }
      return outcome
    }
    // Its frames have already been concealed.
    if packet.stamped < fed { outcome.verdict = .late }
    outcome.isBridged = stage(bytes, packet)
    run(&ring, playHead: moment.playHead)
    return outcome
  }

  /// Stages the frames of a packet that have not been resampled yet, and conceals those that are missing before
  /// it.
  ///
  /// - Returns: true if a single packet was missing, which has been bridged.
  @_noLocks @_noAllocation
  private mutating func stage(_ bytes: RawSpan, _ packet: IncomingPacket) -> Bool {
    let end = packet.stamped + packet.count
    let gap = stagedEnd
    var hasGap = false
    if end - fed > Resampler.stagedFrames {
      // After so long a gap it begins again, with the same delay.
      restart(at: packet.stamped, heardAt: frame(packet.stamped))
      wholeEnd = packet.stamped
      stagedEnd = end
    } else if packet.skipped > 0 {
      staged.silence(stagedColumns, from: max(stagedEnd, fed), to: packet.stamped)
      if missing == 0 { wholeEnd = stagedEnd }
      missing += packet.skipped
      hasGap = format.conceals && gap - begun >= packet.count
    }
    let behind = max(0, fed - packet.stamped)
    if behind < packet.count {
      staged.write(
        bytes, at: packet.payloadOffset, encoding: format.encoding, stagedColumns,
        of: resampler.channels,
        skipping: Int(behind), count: Int(packet.count - behind), at: packet.stamped + behind)
    }
    if packet.isReordered {
      if missing > 0 { missing -= 1 }
    } else {
      stagedEnd = max(stagedEnd, end)
    }
    return hasGap
      && staged.conceal(
        packet.skipped, stagedColumns, from: gap, to: packet.stamped, packet: packet.count,
        notBefore: fed)
  }

  /// Skips a packet that could not be staged, and begins again after it.
  @_noLocks @_noAllocation
  private mutating func skip(_ packet: IncomingPacket) {
    let end = packet.stamped + packet.count
    restart(at: end, heardAt: frame(end))
    stagedEnd = position
    wholeEnd = position
  }

  /// Resamples the staged frames into the ring. Bounded by the size of the stage.
  @_noLocks @_noAllocation
  mutating func run(_ ring: inout CaptureRing, playHead: DeviceFrame) {
    if missing > 0, next - playHead < ResampledPlayout.hold { missing = 0 }
    let end = missing == 0 ? stagedEnd : wholeEnd
    while fed < end {
      let count = min(end - fed, Resampler.block)
      let from = fed
      fed = fed + count
      convert(from: from, count: count, into: &ring, playHead: playHead)
    }
  }

  @_noLocks @_noAllocation
  private mutating func convert(
    from frame: DeviceFrame, count: Int64, into ring: inout CaptureRing, playHead: DeviceFrame
  ) {
    // The seam with the audio that is not resampled is exact.
    let step = next < opening ? 1 : step
    let made = resampler.convert(from: frame, count: count, step: step)
    let first = max(playHead, opening)
    ring.open(through: next + Int64(made))
    let route = format.route
    var index = 0
    while index < made {
      if !(next < first), next < ring.end {
        resampler.fetch(index, to: ring.samples, route, at: next)
      }
      next = next + 1
      fraction += step
      let whole = Int64(fraction)
      position = position + whole
      fraction -= Double(whole)
      index += 1
    }
  }
}
