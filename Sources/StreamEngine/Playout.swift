// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// How a stream's packets come into the capture ring, by one of two strategies.
///
/// | strategy | from when | samples | another link offset |
/// |---|---|---|---|
/// | ``DirectPlayout`` | the stream is aligned | go where they belong, untouched | is cross-faded to |
/// | ``ResampledPlayout`` | the sender's clock is seen to drift (CLK-05) | go through a resampler | is approached at 500 ppm |
///
/// Both have the same operations. Only this file distinguishes them.
///
/// Functions that a packet runs through are `mutating` or inlined: the compiler would pass any other a copy.
struct Playout: BitwiseCopyable {
  /// In force, in frames.
  private(set) var linkOffset: Int64
  private var isResampled = false
  private var direct: DirectPlayout
  private var resampled: ResampledPlayout
  private var rateControl = RateControl()
  /// What was heard last has been faded out already.
  private var isFadedOut = true

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings) {
    linkOffset = settings.linkOffset
    let format = PlayoutFormat(settings)
    direct = DirectPlayout(format)
    resampled = ResampledPlayout(format)
  }

  /// Takes what a stream needs that is resampled. Until it has that, a sender that drifts is followed by realigning.
  @_noLocks @_noAllocation
  mutating func equip(_ resampler: Resampler) { resampled.equip(resampler) }

  /// The sender's frames for a thousand million of ours; 0 while the stream is not resampled.
  var rate: UInt64 {
    @inline(__always) @_noLocks @_noAllocation get {
      isResampled ? UInt64(1e9 * (1 - rateControl.slope) + 0.5) : 0
    }
  }

  /// Frames by which a packet must come earlier than its own first frame is due.
  var lead: Int64 {
    @inline(__always) @_noLocks @_noAllocation get {
      isResampled ? ResampledPlayout.lead : DirectPlayout.lead
    }
  }

  /// Returns true if the stream is on its way to another link offset, which must end first.
  var isCrossingOver: Bool {
    @inline(__always) @_noLocks @_noAllocation get { direct.crossover != nil }
  }

  /// The device frame in which the frame with this stamp was sampled.
  @inline(__always) @_noLocks @_noAllocation
  func sampled(_ stamped: DeviceFrame) -> DeviceFrame {
    isResampled ? resampled.sampled(stamped) : stamped
  }

  /// The stream is aligned anew.
  @_noLocks @_noAllocation
  mutating func begin() {
    rateControl = RateControl()
    isResampled = false
  }

  /// Writes what is not yet due of a packet, and makes up for those that are missing before it.
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

  /// Frames by which the clock of a sender that does not have ours has moved its packets' places.
  var shift: Double {
    @inline(__always) @_noLocks @_noAllocation get { isResampled ? resampled.shift : 0 }
  }

  /// Packets' places have been moved by `frames`; what is heard stays where it is. Only for a stream that is
  /// neither resampled nor on its way to another link offset.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) { linkOffset -= frames }

  /// Returns true if ``move(by:)`` may be called.
  var isMovable: Bool {
    @inline(__always) @_noLocks @_noAllocation get { !isResampled && !isCrossingOver }
  }

  /// Follows the clock of a sender that does not have ours, after one of its packets was written.
  ///
  /// - Parameters:
  ///   - fastest: the least lag of the interval that has ended, in frames.
  ///   - burst: how much audio comes at once, in frames.
  @_noLocks @_noAllocation
  mutating func followClock(
    fastest: Double, burst: Int64, _ packet: IncomingPacket, _ outcome: PacketOutcome,
    at moment: ReceiveMoment,
    into ring: inout CaptureRing
  ) {
    let hasNews = rateControl.note(fastest, burst: burst, at: moment.now)
    guard hasNews else { return }
    if isResampled { return resampled.turn(to: linkOffset, slope: rateControl.slope) }
    // The samples that came last must lie in the ring, all with the same link offset.
    guard resampled.isEquipped, !outcome.verdict.isOut, !packet.isReordered, !isCrossingOver
    else { return }
    isResampled = true
    resampled.begin(
      behind: packet.stamped + packet.count, linkOffset: linkOffset, slope: rateControl.slope,
      in: &ring)
  }

  /// Ends what is over at `moment`.
  @_noLocks @_noAllocation
  mutating func settle(at moment: ReceiveMoment) { direct.settle(at: moment) }

  /// Writes what was kept back for a packet that is missing and can be waited for no longer.
  @_noLocks @_noAllocation
  mutating func release(at moment: ReceiveMoment, into ring: inout CaptureRing) {
    if isResampled { resampled.run(&ring, playHead: moment.playHead) }
  }

  /// Fades out a stream whose next packet ought to have come: what is heard of it ends within half a
  /// packet.
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

  /// Behind the last frame that is heard, as far as it is known.
  @inline(__always) @_noLocks @_noAllocation
  private func heardEnd(_ newest: NewestPacket) -> DeviceFrame {
    isResampled ? resampled.next : newest.end + linkOffset
  }

  /// The frame in which ``release(at:into:)`` or ``fadeOut(behind:at:in:)`` has something to do if no
  /// packet comes; nil while nothing is heard.
  @inline(__always) @_noLocks @_noAllocation
  func nextLook(behind newest: NewestPacket) -> DeviceFrame? {
    guard !isFadedOut else { return nil }
    let end = heardEnd(newest)
    if isResampled, resampled.isWaiting { return end - ResampledPlayout.hold }
    return direct.format.conceals ? end - newest.count / 2 : nil
  }

  /// Goes over to another link offset, from device frame `start` on.
  ///
  /// - Parameter end: behind the last frame that was sampled; nil if none was.
  @_noLocks @_noAllocation
  mutating func change(
    to offset: Int64, from start: DeviceFrame, sampledEnd end: DeviceFrame?,
    at moment: ReceiveMoment, in ring: borrowing CaptureRing
  ) {
    // What is resampled goes over to it little by little.
    if let end, !isResampled {
      direct.change(linkOffset, from: start, written: end + linkOffset, at: moment, in: ring)
    }
    linkOffset = offset
  }
}

/// What both strategies know of their stream.
struct PlayoutFormat: BitwiseCopyable {
  let encoding: SampleEncoding
  let route: ChannelRoute
  /// Gaps are bridged and faded.
  let conceals: Bool

  @_noLocks @_noAllocation
  init(_ settings: ReceiverSettings) {
    encoding = settings.encoding
    route = settings.route
    conceals = settings.conceals
  }
}
