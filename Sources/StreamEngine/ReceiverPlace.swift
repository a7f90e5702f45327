// SPDX-License-Identifier: MIT
internal import MediaClock

/// The relation between a stream's timestamps and device frames.
///
/// | mode | event | next |
/// |---|---|---|
/// | media clock | 64 timestamps in a row that do not fit | arrival, until they fit again |
/// | media clock | timestamps that drift from our clock, or from the samples that they count | arrival |
/// | media clock, strayed | 64 timestamps in a row that fit, and are steady where they were not | media clock |
/// | any | another media offset | media clock, if it is configured |
///
/// A timestamp fits if its packet's transit is no longer than any network's, and if the ring can hold it. A
/// sender that restarts with another offset is therefore played at once, and flagged. Without that, it would be
/// silent until its new description is known.
struct ReceiverPlace: BitwiseCopyable {
  /// The number of timestamps in a row that decide.
  static var strays: Int { @_noLocks @_noAllocation get { 64 } }
  /// The greatest transit of any network.
  static var furthestPast: Int64 { @_noLocks @_noAllocation get { DeviceFormat.second } }
  /// The variation of timestamps that is accepted while the sequence is unbroken, because some senders read a
  /// clock for each packet.
  static var wander: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(1) } }

  private let alignment: Alignment
  private let declared: UInt32
  private var timestampOffset: UInt32
  private var mediaOffset = MediaOffset(frames: 0)
  private var straying = 0
  private var hasStrayed = false
  private var steadiness = StampSteadiness()
  /// Packets since a timestamp contradicted the sequence.
  var slipAge = 0
  /// True if a packet has determined the place of the stream.
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

  /// Returns true if packets are placed by arrival.
  var isByArrival: Bool {
    @_noLocks @_noAllocation get {
      if case .arrival = alignment { return true }
      return hasStrayed
    }
  }

  /// The number of frames by which packets lie behind the place of their timestamps, because their samples are
  /// contiguous by the sequence and not by the timestamps. 0 for a stream that is placed by arrival.
  var slip: Int64 {
    @_noLocks @_noAllocation get {
      isByArrival ? 0 : Int64(Int32(bitPattern: declared &- timestampOffset))
    }
  }

  /// Returns true if the timestamps have continued for long without correcting the slip, so that they do not
  /// just wander.
  var isSlipOld: Bool {
    @_noLocks @_noAllocation get { slipAge >= ReceiverPlace.strays && slip != 0 }
  }

  /// Moves the device frame of all timestamps by `frames`.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) {
    timestampOffset = timestampOffset &- UInt32(truncatingIfNeeded: frames)
  }

  /// Follows the timestamps exactly again, if the media clock decides.
  @_noLocks @_noAllocation
  mutating func endSlip() {
    if !isByArrival { timestampOffset = declared }
  }

  /// Takes the first packet of a run. If arrival decides, its first frame was sampled `transit` frames ago.
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

  /// The device frame in which the first frame of a packet with this timestamp was sampled.
  @_noLocks @_noAllocation
  func frame(_ timestamp: RTPTimestamp, at moment: ReceiveMoment) -> DeviceFrame {
    // If arrival decides, changes of the media offset have no effect.
    let offset = isByArrival ? mediaOffset : moment.offset
    return offset.device(timestamp.frame(offset: timestampOffset, near: offset.media(moment.now)))
  }

  /// Frames since the first frame of a packet was sampled, by its timestamp and the declared offset alone; nil
  /// if the stream is configured for arrival, or the timestamp does not fit.
  ///
  /// - Parameter reach: the greatest lead of a timestamp over its packet, in frames.
  @_noLocks @_noAllocation
  func declaredTransit(
    _ timestamp: RTPTimestamp, reach: Int64, at moment: ReceiveMoment
  ) -> Int64? {
    guard case .mediaClock = alignment else { return nil }
    let media = timestamp.frame(offset: declared, near: moment.offset.media(moment.now))
    let transit = moment.now - moment.offset.device(media)
    return transit < ReceiverPlace.furthestPast && transit > -reach ? transit : nil
  }

  /// Returns true if a packet is where its timestamp says, as nearly all are, so that
  /// ``judge(_:count:reach:latest:isOut:at:)`` need not be called. Always true for a stream that is configured
  /// for arrival.
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

  /// Considers a timestamp after its packet was placed. Returns true if the mode has changed.
  ///
  /// - Parameters:
  ///   - count: the packet's length in frames.
  ///   - latest: a stream whose packets have a longer transit does not return to the media clock, because it
  ///     could not be played; in frames.
  ///   - isOut: true if the packet was too late or too early to be played whole. If the mode changes to
  ///     arrival, the next packet then begins a new alignment; otherwise the audio continues without a
  ///     discontinuity.
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
    // Another media offset is another relation: timestamps that fit now have always fitted.
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

  /// Ends a quarter of a second. Returns true if the timestamps have drifted from our clock, so that arrival
  /// decides now; the audio continues.
  @_noLocks @_noAllocation
  mutating func endInterval(at moment: ReceiveMoment) -> Bool {
    guard case .mediaClock = alignment, steadiness.endInterval(), !hasStrayed else { return false }
    steadiness.distrust()
    stray(keeps: true, at: moment)
    return true
  }

  /// Places the stream by arrival from now on, because its timestamps do not count the packets' frames; the
  /// audio continues.
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

/// Judges whether a stream's timestamps keep their relation to our clock, by the fastest packet of each quarter
/// of a second.
///
/// Timestamps that gradually drift by 2 ms belong to another clock: ours and a sender's are slewed by at most a
/// millisecond each when they are set. They are trusted again once they have been steady for a time that
/// becomes longer with each repetition. A sudden change is another path through the network.
struct StampSteadiness: BitwiseCopyable {
  private static var furthest: Int64 { DeviceFormat.milliseconds(2) }
  private static var step: Int64 { DeviceFormat.milliseconds(1) }
  /// The frames by which steady timestamps may move in the time after which they are trusted.
  private static var calm: Int64 { 4 }
  /// The first of these times in intervals: 10 s.
  private static var first: Int { 40 }

  private var fastest = Int64.max
  private var last: Int64 = 0
  /// The lag of the timestamps at their beginning, and at their last movement.
  private var origin: Int64 = 0
  private var reference: Int64 = 0
  private var hasBegun = false
  /// The number of intervals since their last movement.
  private var steady = 0
  /// The number of intervals for which timestamps must be steady to be trusted again; 0 if they never drifted.
  private var needed = 0

  @_noLocks @_noAllocation
  init() {}

  var isTrusted: Bool { @_noLocks @_noAllocation get { steady >= needed } }

  @_noLocks @_noAllocation
  mutating func note(_ lag: Int64) { fastest = min(fastest, lag) }

  /// Begins another run of packets; the distrust of the timestamps remains.
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

  /// Returns true if the timestamps have drifted.
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
