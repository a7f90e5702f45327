// SPDX-License-Identifier: MIT
internal import MediaClock

/// Keeps a stream whose sender's clock is not ours at its link offset: from the moment at which it is seen
/// to drift, it is resampled (CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | direct | the sender's clock drifts | resampling, from the frame that comes next |
/// | resampling | a packet | staged by its stamp, then resampled into the capture ring |
/// | resampling | a packet is missing | waits for it while what is heard suffices, then goes on |
/// | resampling | a long gap | begins anew behind it, at the rate it had |
/// | any | the stream is aligned anew | direct |
///
/// Until then packets go to the ring untouched: a sender that has our clock and merely does not say so
/// stays exact to the bit. Frames are named by their stamps here ("stamped"), before anything has moved
/// them.
struct Retiming: BitwiseCopyable {
  /// How long what is heard must last for a missing packet to be waited for: as long as the receive
  /// thread may sleep before it looks again, and a third more.
  static var hold: Int64 { @_noLocks @_noAllocation get { 64 } }
  /// How fast a new link offset is gone over to: 500 ppm.
  private static var pace: Double { @_noLocks @_noAllocation get { 5e-4 } }

  private let resampler: Resampler
  private(set) var control = RateControl()
  private(set) var isResampling = false
  /// Behind the last packet that came, in stamped frames.
  private var stagedEnd = DeviceFrame(0)
  /// Up to here nothing is missing.
  private var wholeEnd = DeviceFrame(0)
  private var missing = 0
  /// Before this stamped frame nothing is staged.
  private var begun = DeviceFrame(0)
  /// The next frame to be put in.
  private var fed = DeviceFrame(0)
  /// The next frame to come out, and the stamped position that it has.
  private(set) var next = DeviceFrame(0)
  private var position = DeviceFrame(0)
  private var fraction = 0.0
  private var step = 1.0
  /// Nothing is written before this frame: what was heard until there came without resampling.
  private var opening = DeviceFrame(0)
  /// The link offset that is heard: on its way to the one in force.
  private var linkOffset = 0.0
  private var paceNow = 0.0

  @_noLocks @_noAllocation
  init(_ resampler: Resampler) { self.resampler = resampler }

  /// Whether what has come is kept back for a packet that is missing.
  var isWaiting: Bool { @_noLocks @_noAllocation get { isResampling && missing > 0 } }

  private var staged: SampleRing { @_noLocks @_noAllocation get { resampler.staged } }
  private var stagedColumns: Columns {
    @_noLocks @_noAllocation get { Columns(first: 0, count: resampler.channels) }
  }

  /// Frames from a stamped frame to the one in which it is heard.
  private var delay: Double {
    @_noLocks @_noAllocation get { Double(next - position) - fraction }
  }

  /// By how much packets' places have been moved, in frames: the sender's clock less ours.
  var shift: Double { @_noLocks @_noAllocation get { isResampling ? delay - linkOffset : 0 } }

  /// The sender's frames for a thousand million of ours; 0 while it is not resampled.
  var rate: UInt64 {
    @_noLocks @_noAllocation get {
      isResampling ? UInt64(1e9 * (1 - control.slope) + 0.5) : 0
    }
  }

  /// The device frame in which a stamped frame is heard, while resampling.
  @_noLocks @_noAllocation
  private func frame(_ stamped: DeviceFrame) -> DeviceFrame {
    // Never negative: a transit is at least that of one frame.
    stamped + Int64(delay)
  }

  /// Until when a packet must have come, while resampling: what it makes heard begins a little before
  /// its own frames.
  @_noLocks @_noAllocation
  func deadline(_ stamped: DeviceFrame) -> DeviceFrame { frame(stamped) + -Resampler.future }

  /// The stream is aligned anew.
  @_noLocks @_noAllocation
  mutating func begin() {
    control = RateControl()
    isResampling = false
  }

  /// Notes what a packet says about the sender's clock. Whether it is now known to drift, so that
  /// ``engage(_:_:linkOffset:from:)`` is due.
  @_noLocks @_noAllocation
  mutating func note(
    stamped: DeviceFrame, frames: Int64, linkOffset wanted: Int64, at now: DeviceFrame
  ) -> Bool {
    guard
      control.note(transit: now - stamped, frames: frames, shift: shift, at: now)
    else { return false }
    guard isResampling else { return true }
    turn(wanted)
    return false
  }

  /// Takes over the rate, and the next stretch of the way to another link offset.
  @_noLocks @_noAllocation
  private mutating func turn(_ wanted: Int64) {
    let most = Retiming.pace * Double(RateControl.interval)
    let stretch = max(-most, min(Double(wanted) - linkOffset, most))
    linkOffset += stretch
    paceNow = stretch / Double(RateControl.interval)
    step = 1 - control.slope - paceNow
  }

  /// Begins to resample. What lies in the capture ring, up to the stamped frame `end`, is heard first;
  /// its last frames are the past that the first ones depend on.
  @_noLocks @_noAllocation
  mutating func engage(
    _ ring: inout CaptureRing, _ route: borrowing ChannelRoute, linkOffset: Int64,
    from end: DeviceFrame
  ) {
    self.linkOffset = Double(linkOffset)
    isResampling = true
    restart(at: end + -Resampler.past, heardAt: end + (linkOffset - Resampler.past))
    opening = end + linkOffset
    stagedEnd = end
    wholeEnd = end
    begun = end
    fed = end
    turn(linkOffset)
    staged.silence(stagedColumns, from: position, to: end)
    var frame = position
    while frame < end {
      staged.copy(route, from: ring.samples, at: frame + linkOffset, to: frame)
      frame = frame + 1
    }
    convert(from: position, count: Resampler.past, into: &ring, route, playHead: opening)
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

  /// Whether a packet comes when its frames have been made up for already.
  @_noLocks @_noAllocation
  func isPast(_ packet: IncomingPacket) -> Bool { packet.stamped < fed }

  /// Stages what has not been resampled yet of a packet, and makes up for what is missing before it.
  /// Whether that was a single packet, which has been bridged.
  @_noLocks @_noAllocation
  mutating func stage(
    _ bytes: RawSpan, _ packet: IncomingPacket, _ settings: ReceiverSettings
  ) -> Bool {
    let end = packet.stamped + packet.count
    let gap = stagedEnd
    var hasGap = false
    if end - fed > Resampler.stagedFrames {
      // Behind so long a gap it begins anew, at the same delay.
      restart(at: packet.stamped, heardAt: frame(packet.stamped))
      wholeEnd = packet.stamped
      stagedEnd = end
    } else if packet.skipped > 0 {
      staged.silence(stagedColumns, from: max(stagedEnd, fed), to: packet.stamped)
      if missing == 0 { wholeEnd = stagedEnd }
      missing += packet.skipped
      hasGap = settings.conceals && gap - begun >= packet.count
    }
    let behind = max(0, fed - packet.stamped)
    if behind < packet.count {
      staged.write(
        bytes, at: packet.payloadOffset, encoding: settings.encoding, stagedColumns,
        of: settings.channels,
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

  /// A packet could not be staged: what follows it begins anew.
  @_noLocks @_noAllocation
  mutating func skip(_ packet: IncomingPacket) {
    let end = packet.stamped + packet.count
    restart(at: end, heardAt: frame(end))
    stagedEnd = position
    wholeEnd = position
  }

  /// Resamples what is there into the ring. Bounded by what can be staged.
  @_noLocks @_noAllocation
  mutating func run(
    _ ring: inout CaptureRing, _ route: borrowing ChannelRoute, playHead: DeviceFrame
  ) {
    if missing > 0, next - playHead < Retiming.hold { missing = 0 }
    let end = missing == 0 ? stagedEnd : wholeEnd
    while fed < end {
      let count = min(end - fed, Resampler.block)
      let from = fed
      fed = fed + count
      convert(from: from, count: count, into: &ring, route, playHead: playHead)
    }
  }

  @_noLocks @_noAllocation
  private mutating func convert(
    from frame: DeviceFrame, count: Int64, into ring: inout CaptureRing,
    _ route: borrowing ChannelRoute, playHead: DeviceFrame
  ) {
    // The seam with what was heard without resampling is met exactly.
    let step = next < opening ? 1 : step
    let made = resampler.convert(from: frame, count: count, step: step)
    let first = max(playHead, opening)
    ring.open(through: next + Int64(made))
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
