// SPDX-License-Identifier: MIT
internal import MediaClock

/// Which device frame a stream's time stamps mean.
///
/// | mode | event | next |
/// |---|---|---|
/// | media clock | 64 stamps in a row that do not fit | arrival, until they fit again |
/// | media clock | stamps that run away from our clock, or from the samples that they count | arrival |
/// | media clock, strayed | 64 stamps in a row that fit, and steady where they were not | media clock |
/// | any | another media offset | media clock, where that was asked for |
///
/// A stamp fits if its packet is not under way longer than any network takes, and not so far ahead that the
/// ring cannot hold it. A sender that restarts with another offset is so heard at once, and flagged, instead
/// of being silent until somebody hears of its new description.
struct ReceiverPlace: BitwiseCopyable {
  /// So many stamps in a row decide.
  static var strays: Int { @_noLocks @_noAllocation get { 64 } }
  /// No network delivers later than this.
  static var furthestPast: Int64 { @_noLocks @_noAllocation get { DeviceFormat.second } }
  /// Stamps may wander by so much while the sequence is whole: a clock that is read for each packet.
  static var wander: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(1) } }

  private let alignment: Alignment
  private let declared: UInt32
  private var timestampOffset: UInt32
  private var mediaOffset = MediaOffset(frames: 0)
  private var straying = 0
  private var hasStrayed = false
  private var steadiness = StampSteadiness()
  /// Packets since a stamp was at odds with the sequence.
  var slipAge = 0
  /// True if a packet has said where the stream stands.
  var isAligned = false

  @_noLocks @_noAllocation
  init(_ alignment: Alignment) {
    self.alignment = alignment
    declared =
      switch alignment {
      case .mediaClock(let offset): offset
      case .arrival: 0
      }
    timestampOffset = declared
  }

  /// Returns true if arrival decides.
  var isByArrival: Bool {
    @_noLocks @_noAllocation get {
      if case .arrival = alignment { return true }
      return hasStrayed
    }
  }

  /// By how much frames lie behind where their stamps say, in frames: because the sequence says that samples
  /// are contiguous, and the stamps say otherwise. 0 in a stream that is placed by arrival.
  var slip: Int64 {
    @_noLocks @_noAllocation get {
      isByArrival ? 0 : Int64(Int32(bitPattern: declared &- timestampOffset))
    }
  }

  /// Returns true if the stamps have gone on for long without a word of the slip: they do not wander.
  var isSlipOld: Bool {
    @_noLocks @_noAllocation get { slipAge >= ReceiverPlace.strays && slip != 0 }
  }

  /// Moves what all stamps mean by `frames`.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) {
    timestampOffset = timestampOffset &- UInt32(truncatingIfNeeded: frames)
  }

  /// Goes by the stamps exactly again, where the media clock decides.
  @_noLocks @_noAllocation
  mutating func endSlip() {
    if !isByArrival { timestampOffset = declared }
  }

  /// Takes the first packet of a run: its first frame was sampled `transit` frames ago, if arrival decides.
  @_noLocks @_noAllocation
  mutating func align(_ timestamp: RTPTimestamp, transit: Int64, at moment: ReceiveMoment) {
    isAligned = true
    straying = 0
    steadiness.beginAnew()
    mediaOffset = moment.offset
    timestampOffset = declared
    guard isByArrival else { return }
    let sampled = moment.offset.media(moment.now) - transit
    timestampOffset = timestamp.value &- UInt32(truncatingIfNeeded: sampled.index)
  }

  /// The device frame in which the first frame of a packet with this stamp was sampled.
  @_noLocks @_noAllocation
  func frame(_ timestamp: RTPTimestamp, at moment: ReceiveMoment) -> DeviceFrame {
    // Where arrival decides, the media clock has no say, wherever it goes meanwhile.
    let offset = isByArrival ? mediaOffset : moment.offset
    return offset.device(timestamp.frame(offset: timestampOffset, near: offset.media(moment.now)))
  }

  /// Frames since the first frame of a packet was sampled, by its stamp and the declared offset alone; nil if
  /// the media clock was not asked for, or the stamp does not fit.
  ///
  /// - Parameter reach: how far ahead of its packet a stamp may lie, in frames.
  @_noLocks @_noAllocation
  func declaredTransit(
    _ timestamp: RTPTimestamp, reach: Int64, at moment: ReceiveMoment
  ) -> Int64? {
    guard case .mediaClock = alignment else { return nil }
    let media = timestamp.frame(offset: declared, near: moment.offset.media(moment.now))
    let transit = moment.now - moment.offset.device(media)
    return transit < ReceiverPlace.furthestPast && transit > -reach ? transit : nil
  }

  /// Returns true if a packet is where its stamp says, as nearly all are, so that ``judge(_:count:reach:latest:isOut:at:)``
  /// has nothing to say of it; and always of a stream that was to be placed by arrival.
  ///
  /// - Parameter transit: frames since its first was sampled, by the place.
  @inline(__always) @_noLocks @_noAllocation
  mutating func isPlain(transit: Int64, count: Int64, reach: Int64) -> Bool {
    guard case .mediaClock = alignment else { return true }
    guard !hasStrayed, timestampOffset == declared, transit < ReceiverPlace.furthestPast,
      transit > -reach
    else { return false }
    straying = 0
    steadiness.note(transit - count)
    return true
  }

  /// Considers a stamp after its packet was placed. True when what decides has changed.
  ///
  /// - Parameters:
  ///   - count: of the packet's frames.
  ///   - latest: a stream whose packets are under way for longer does not come back to the media clock, because
  ///     it could not be heard; in frames.
  ///   - isOut: the packet was too late or too early to be heard whole: if this is the change to arrival, the
  ///     next packet begins anew, otherwise it is heard on without a seam.
  @_noLocks @_noAllocation
  mutating func judge(
    _ timestamp: RTPTimestamp, count: Int64, reach: Int64, latest: Int64, isOut: Bool,
    at moment: ReceiveMoment
  ) -> Bool {
    guard case .mediaClock = alignment else { return false }
    slipAge &+= 1
    let transit = declaredTransit(timestamp, reach: reach, at: moment)
    if let transit { steadiness.note(transit - count) }
    let limit = hasStrayed ? latest : ReceiverPlace.furthestPast
    let fits = (transit ?? .max) < limit && slip.magnitude <= ReceiverPlace.wander
    straying = fits == hasStrayed ? straying + 1 : 0
    // Another media offset is another relation: what fits now fitted all the time.
    let isRebased = hasStrayed && fits && moment.offset.frames != mediaOffset.frames
    if isRebased { steadiness = StampSteadiness() }
    guard straying >= ReceiverPlace.strays || isRebased else { return false }
    guard hasStrayed else {
      stray(keeps: !isOut, at: moment)
      return true
    }
    guard steadiness.isTrusted else { return false }
    hasStrayed = false
    straying = 0
    isAligned = false
    return true
  }

  /// Ends a quarter of a second. True if the stamps have run away from our clock, so that arrival decides now;
  /// what is heard goes on.
  @_noLocks @_noAllocation
  mutating func endInterval(at moment: ReceiveMoment) -> Bool {
    guard case .mediaClock = alignment, steadiness.endInterval(), !hasStrayed else { return false }
    steadiness.distrust()
    stray(keeps: true, at: moment)
    return true
  }

  /// The stamps do not count what the packets hold: arrival decides from now on, and what is heard goes on.
  @_noLocks @_noAllocation
  mutating func strayFromSamples(at moment: ReceiveMoment) {
    steadiness.distrust()
    stray(keeps: true, at: moment)
  }

  @_noLocks @_noAllocation
  private mutating func stray(keeps: Bool, at moment: ReceiveMoment) {
    hasStrayed = true
    straying = 0
    isAligned = keeps && isAligned
    mediaOffset = moment.offset
  }
}

/// Whether a stream's stamps keep their relation to our clock, judged by the fastest packet of each quarter of a
/// second.
///
/// Stamps that go 2 ms astray little by little are another clock's: ours and a sender's are slewed by a
/// millisecond each when they are set. They are trusted again once they have been steady, after ever longer
/// times, so that this cannot go on for ever. What changes at once is another path through the network.
struct StampSteadiness: BitwiseCopyable {
  private static var furthest: Int64 { DeviceFormat.milliseconds(2) }
  private static var step: Int64 { DeviceFormat.milliseconds(1) }
  /// Frames by which steady stamps move in the time that they need to be trusted.
  private static var calm: Int64 { 4 }
  /// In intervals: 10 s.
  private static var first: Int { 40 }

  private var fastest = Int64.max
  private var last: Int64 = 0
  /// Where the stamps were when they began, and when they were last seen to move.
  private var origin: Int64 = 0
  private var reference: Int64 = 0
  private var hasBegun = false
  /// Intervals since then.
  private var steady = 0
  /// Intervals that stamps must be steady to be trusted again; 0 while they never went astray.
  private var needed = 0

  @_noLocks @_noAllocation
  init() {}

  var isTrusted: Bool { @_noLocks @_noAllocation get { steady >= needed } }

  @_noLocks @_noAllocation
  mutating func note(_ lag: Int64) { fastest = min(fastest, lag) }

  /// Another run of packets: what was held against the stamps stays.
  @_noLocks @_noAllocation
  mutating func beginAnew() {
    fastest = .max
    hasBegun = false
    steady = 0
  }

  @_noLocks @_noAllocation
  mutating func distrust() {
    needed = needed == 0 ? StampSteadiness.first : min(needed * 2, 1 << 20)
    steady = 0
  }

  /// Returns true if the stamps have gone astray.
  @_noLocks @_noAllocation
  mutating func endInterval() -> Bool {
    guard fastest != .max else { return false }
    let change = fastest - last
    last = fastest
    fastest = .max
    guard hasBegun, change.magnitude <= StampSteadiness.step else {
      hasBegun = true
      (origin, reference) = (last, last)
      steady = 0
      return false
    }
    steady += 1
    if (last - reference).magnitude > StampSteadiness.calm {
      reference = last
      steady = 0
    }
    return (last - origin).magnitude > StampSteadiness.furthest
  }
}
