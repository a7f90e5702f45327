// SPDX-License-Identifier: MIT
internal import MediaClock

/// Which device frame a stream's time stamps mean.
///
/// | mode | event | next |
/// |---|---|---|
/// | media clock | 64 stamps in a row that no network explains | arrival, until they fit again |
/// | media clock, strayed | 64 stamps in a row that fit | media clock |
/// | any | another media offset | media clock, where that was asked for |
/// | arrival | 64 packets in a row out of the window | arrival, anew |
///
/// A sender that restarts with another offset is so heard at once, and flagged, instead of being silent
/// until somebody hears of its new description.
struct ReceiverPlace: BitwiseCopyable {
  /// So many stamps in a row decide.
  static var strays: Int { @_noLocks @_noAllocation get { 64 } }
  /// No network delivers later than this; nor earlier than sampled by more than clocks err that
  /// are still being set.
  static var furthestPast: Int64 { @_noLocks @_noAllocation get { DeviceFormat.second } }
  static var furthestFuture: Int64 {
    @_noLocks @_noAllocation get { DeviceFormat.milliseconds(10) }
  }

  private let alignment: Alignment
  private var timestampOffset: UInt32
  private var mediaOffset = MediaOffset(frames: 0)
  private var straying = 0
  private var outs = 0
  private var hasStrayed = false
  /// True if a packet has said where the stream stands.
  var isAligned = false

  @_noLocks @_noAllocation
  init(_ alignment: Alignment) {
    self.alignment = alignment
    timestampOffset = ReceiverPlace.declared(alignment)
  }

  /// Returns true if arrival decides.
  var isByArrival: Bool {
    @_noLocks @_noAllocation get {
      if case .arrival = alignment { return true }
      return hasStrayed
    }
  }

  @_noLocks @_noAllocation
  private static func declared(_ alignment: Alignment) -> UInt32 {
    switch alignment {
    case .mediaClock(let offset): return offset
    case .arrival: return 0
    }
  }

  /// Takes this packet as sampled just before it arrived, where that is the receiver's way.
  @_noLocks @_noAllocation
  mutating func align(_ timestamp: RTPTimestamp, count: Int64, at moment: ReceiveMoment) {
    isAligned = true
    straying = 0
    outs = 0
    mediaOffset = moment.offset
    guard isByArrival else { return }
    let sampled = moment.offset.media(moment.now) - count
    timestampOffset = timestamp.value &- UInt32(truncatingIfNeeded: sampled.index)
  }

  /// The device frame in which the first frame of a packet with this stamp was sampled.
  @_noLocks @_noAllocation
  func frame(_ timestamp: RTPTimestamp, at moment: ReceiveMoment) -> DeviceFrame {
    // Where arrival decides, the media clock has no say, wherever it goes meanwhile.
    let offset = isByArrival ? mediaOffset : moment.offset
    return offset.device(timestamp.frame(offset: timestampOffset, near: offset.media(moment.now)))
  }

  /// Considers a stamp after its packet was placed. True when the stream has to begin anew, because
  /// what its stamps mean has changed.
  ///
  /// - Parameter isOut: the packet was too late or too early to be heard whole.
  @_noLocks @_noAllocation
  mutating func judge(_ timestamp: RTPTimestamp, isOut: Bool, at moment: ReceiveMoment) -> Bool {
    if isByArrival {
      outs = isOut ? outs + 1 : 0
      if outs >= ReceiverPlace.strays {
        begin()
        return true
      }
    }
    guard case .mediaClock(let declared) = alignment else { return false }
    let media = timestamp.frame(offset: declared, near: moment.offset.media(moment.now))
    let transit = moment.now - moment.offset.device(media)
    let fits = transit < ReceiverPlace.furthestPast && transit > -ReceiverPlace.furthestFuture
    straying = fits == hasStrayed ? straying + 1 : 0
    // Another media offset is another relation: what fits now fitted all the time.
    let isRebased = hasStrayed && fits && moment.offset.frames != mediaOffset.frames
    guard straying >= ReceiverPlace.strays || isRebased else { return false }
    hasStrayed = !hasStrayed
    timestampOffset = declared
    begin()
    return true
  }

  @_noLocks @_noAllocation
  private mutating func begin() {
    straying = 0
    outs = 0
    isAligned = false
  }
}
