// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// Writes a stream's packets to the capture ring, by one of two strategies.
///
/// | strategy | from when | samples | another link offset |
/// |---|---|---|---|
/// | ``DirectPlayout`` | the stream is aligned | written to their places unchanged | is cross-faded to |
/// | ``ResampledPlayout`` | the sender's clock is found to drift (CLK-05) | resampled | is approached at 500 ppm |
///
/// Both have the same operations. Only this file distinguishes them.
///
/// Functions that run for each packet are `mutating` or inlined: the compiler would pass a copy to any other.
struct Playout: BitwiseCopyable {
  /// The link offset in force, in frames.
  private(set) var linkOffset: Int64
  private var isResampled = false
  private var direct: DirectPlayout
  private var resampled: ResampledPlayout
  private var rateControl = RateControl()
  /// True if the last received audio has been faded out already.
  private var isFadedOut = true

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings) {
    linkOffset = settings.linkOffset
    let format = PlayoutFormat(settings)
    direct = DirectPlayout(format)
    resampled = ResampledPlayout(format)
  }

  /// Takes the memory that resampling needs. Without it, a sender that drifts is followed by realigning.
  @_noLocks @_noAllocation
  mutating func equip(_ resampler: Resampler) { resampled.equip(resampler) }

  /// The sender's frames for a thousand million of ours; 0 while the stream is not resampled.
  var rate: UInt64 {
    @inline(__always) @_noLocks @_noAllocation get {
      isResampled ? UInt64(1e9 * (1 - rateControl.slope) + 0.5) : 0
    }
  }

  /// Frames by which a packet must arrive before its own first frame is due.
  var lead: Int64 {
    @inline(__always) @_noLocks @_noAllocation get {
      isResampled ? ResampledPlayout.lead : DirectPlayout.lead
    }
  }

  /// Returns true while the stream changes to another link offset, which must end first.
  var isCrossingOver: Bool {
    @inline(__always) @_noLocks @_noAllocation get { direct.crossover != nil }
  }

  /// The device frame in which the frame with this timestamp was sampled.
  @inline(__always) @_noLocks @_noAllocation
  func sampled(_ stamped: DeviceFrame) -> DeviceFrame {
    isResampled ? resampled.sampled(stamped) : stamped
  }

  /// Begins again after the stream was realigned.
  @_noLocks @_noAllocation
  mutating func begin() {
    rateControl = RateControl()
    isResampled = false
  }

  /// Writes the frames of a packet that are not due yet, and conceals packets that are missing before it.
  @_noLocks @_noAllocation
  mutating func write(
    _ bytes: RawSpan, _ packet: IncomingPacket, at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) -> PacketOutcome {
    let outcome =
      isResampled
      ? resampled.write(bytes, packet, at: moment, into: &ring)
      : direct.write(bytes, packet, linkOffset, at: moment, into: &ring)
    if case .early = outcome.verdict { return outcome }
    isFadedOut = false
    return outcome
  }

  /// Frames by which the drift of an unsynchronised sender's clock has moved its packets' places.
  var shift: Double {
    @inline(__always) @_noLocks @_noAllocation get { isResampled ? resampled.shift : 0 }
  }

  /// Adjusts the link offset after the packets' places have moved by `frames`, so that the audio stays where it
  /// is. Only for a stream that is neither resampled nor changing to another link offset.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) { linkOffset -= frames }

  /// Returns true if ``move(by:)`` may be called.
  var isMovable: Bool {
    @inline(__always) @_noLocks @_noAllocation get { !isResampled && !isCrossingOver }
  }

  /// Follows the clock of an unsynchronised sender, after one of its packets was written.
  ///
  /// - Parameters:
  ///   - fastest: the smallest lag of the interval that has ended, in frames.
  ///   - burst: the audio that arrives at once, in frames.
  @_noLocks @_noAllocation
  mutating func followClock(
    fastest: Double, burst: Int64, _ packet: IncomingPacket, _ outcome: PacketOutcome,
    at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) {
    let hasNews = rateControl.note(fastest, burst: burst, at: moment.now)
    guard hasNews else { return }
    if isResampled { return resampled.turn(to: linkOffset, slope: rateControl.slope) }
    // The last samples must lie in the ring, all with the same link offset.
    guard resampled.isEquipped, !outcome.verdict.isOut, !packet.isReordered, !isCrossingOver
    else { return }
    isResampled = true
    resampled.begin(
      behind: packet.stamped + packet.count, linkOffset: linkOffset, slope: rateControl.slope,
      in: &ring)
  }

  /// Completes everything that is over at `moment`.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) { direct.settle(at: moment) }

  /// Writes the packets that waited for a missing one, once there is no more time to wait for it.
  @_noLocks @_noAllocation
  mutating func release(at moment: ReceiveMoment, into ring: inout CaptureRing) {
    if isResampled { resampled.run(&ring, playHead: moment.playHead) }
  }

  /// Fades out a stream whose next packet is overdue: its audio ends within half a packet.
  @_noLocks @_noAllocation
  mutating func fadeOut(
    behind newest: NewestPacket, at moment: ReceiveMoment, in ring: inout CaptureRing
  ) {
    guard direct.format.conceals, !isFadedOut, !isCrossingOver else { return }
    let end = heardEnd(newest)
    let left = end - moment.playHead
    guard left <= newest.count / 2 else { return }
    isFadedOut = true
    guard left >= 0, ring.end - end >= newest.count else { return }
    let length = min(SampleRing.maximumFade, newest.count)
    ring.open(through: end + length)
    ring.samples.fadeOut(direct.format.route, from: end, length: length)
  }

  /// The frame after the last audible one, as far as it is known.
  @inline(__always) @_noLocks @_noAllocation
  private func heardEnd(_ newest: NewestPacket) -> DeviceFrame {
    isResampled ? resampled.next : newest.end + linkOffset
  }

  /// The frame in which ``release(at:into:)`` or ``fadeOut(behind:at:in:)`` must be called if no packet
  /// arrives; nil while the stream is silent.
  @inline(__always) @_noLocks @_noAllocation
  func nextLook(behind newest: NewestPacket) -> DeviceFrame? {
    guard !isFadedOut else { return nil }
    let end = heardEnd(newest)
    if isResampled, resampled.isWaiting { return end - ResampledPlayout.hold }
    return direct.format.conceals ? end - newest.count / 2 : nil
  }

  /// Changes to another link offset, from device frame `start` on.
  ///
  /// - Parameter end: the frame after the last sampled one; nil if there is none.
  @_noLocks @_noAllocation
  mutating func change(
    to offset: Int64, from start: DeviceFrame, sampledEnd end: DeviceFrame?,
    at moment: ReceiveMoment, in ring: borrowing CaptureRing
  ) {
    // A resampled stream approaches it gradually.
    if let end, !isResampled {
      direct.change(linkOffset, from: start, written: end + linkOffset, at: moment, in: ring)
    }
    linkOffset = offset
  }
}

/// The properties of the stream that both strategies need.
struct PlayoutFormat: BitwiseCopyable {
  let encoding: SampleEncoding
  let route: ChannelRoute
  /// True if gaps are bridged and faded.
  let conceals: Bool

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings) {
    encoding = settings.encoding
    route = settings.route
    conceals = settings.conceals
  }
}
