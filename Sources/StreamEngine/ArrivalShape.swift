// SPDX-License-Identifier: MIT
internal import MediaClock

/// What the packets of a quarter of a second say about their way.
struct ArrivalWindow: BitwiseCopyable {
  /// Frames from the instant at which a packet's last frame was sampled until it came, of the fastest.
  var fastest = Double.infinity
  /// Frames from the instant at which a packet's first frame was sampled until it came, of the slowest.
  var slowest = Int64.min
  /// Frames of the longest packet.
  var longest: Int64 = 0
  var packets = 0
  /// Of those, how many came too late, and how many too early for the ring.
  var late = 0
  var early = 0

  @_noLocks @_noAllocation
  init() {}

  /// Returns true if not a single packet could be heard whole, all for the same reason.
  var isOut: Bool {
    @_noLocks @_noAllocation get { packets > 0 && (late == packets || early == packets) }
  }
}

/// How a stream's packets arrive: the shape of its bursts, measured over a second.
///
/// A sender that hands over 20 ms of audio at once has a slowest packet 20 ms slower than its fastest, in
/// each window. A host that stands still makes packets slow in one window, perhaps two, and none fast: so
/// the fastest of all windows counts, and of the slowest the second.
struct ArrivalShape: BitwiseCopyable {
  /// In frames: holds two bursts of 100 ms.
  static var interval: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(250) } }
  /// Windows that are remembered.
  static var depth: Int { @_noLocks @_noAllocation get { 4 } }

  private var window = ArrivalWindow()
  /// When the present window is over.
  private(set) var end = DeviceFrame(.min)
  private var past = InlineArray<4, ArrivalWindow>(repeating: ArrivalWindow())
  private var next = 0

  @_noLocks @_noAllocation
  init() {}

  /// Notes a packet, which comes before ``end``.
  ///
  /// - Parameters:
  ///   - lag: frames from the sampling of its last frame until it came.
  ///   - outcome: what became of it.
  @inline(__always) @_noLocks @_noAllocation
  mutating func note(
    _ packet: IncomingPacket, lag: Double, _ outcome: PacketOutcome, at now: DeviceFrame
  ) {
    window.fastest = min(window.fastest, lag)
    window.slowest = max(window.slowest, now - packet.sampled)
    window.longest = max(window.longest, packet.count)
    window.packets &+= 1
    guard outcome.verdict.isOut else { return }
    switch outcome.verdict {
    case .late: window.late &+= 1
    case .early: window.early &+= 1
    case .inTime, .reordered, .duplicate: break
    }
  }

  /// Begins another window. Returns the one that has ended; nil if nothing came in it, which says nothing.
  @_noLocks @_noAllocation
  mutating func close(at now: DeviceFrame) -> ArrivalWindow? {
    let ended = window
    end = now + ArrivalShape.interval
    window = ArrivalWindow()
    guard ended.packets > 0 else { return nil }
    past[next & 3] = ended
    next &+= 1
    return ended
  }

  /// All places have been moved by `frames`, so that every packet seems as much faster.
  @_noLocks @_noAllocation
  mutating func move(by frames: Int64) {
    window = ArrivalShape.moved(window, by: frames)
    var index = 0
    while index < ArrivalShape.depth {
      past[index] = ArrivalShape.moved(past[index], by: frames)
      index += 1
    }
  }

  @_noLocks @_noAllocation
  private static func moved(_ window: ArrivalWindow, by frames: Int64) -> ArrivalWindow {
    guard window.packets > 0 else { return window }
    var window = window
    window.fastest -= Double(frames)
    window.slowest -= frames
    return window
  }

  /// The packets' places have nothing to do with those before, but they come as they did.
  @_noLocks @_noAllocation
  mutating func beginAnew() { self = ArrivalShape() }

  /// The least lag of the last second; infinite before the first packet.
  var fastest: Double {
    @_noLocks @_noAllocation get {
      var fastest = window.fastest
      var index = 0
      while index < ArrivalShape.depth {
        fastest = min(fastest, past[index].fastest)
        index += 1
      }
      return fastest
    }
  }

  /// The greatest transit of the last second, as far as it is the stream's and not a single stall's: the
  /// second greatest of the whole windows. `Int64.min` before two have ended.
  var slowest: Int64 {
    @_noLocks @_noAllocation get {
      var top = TopTwo()
      var index = 0
      while index < ArrivalShape.depth {
        top.note(past[index].slowest)
        index += 1
      }
      return top.second
    }
  }

  /// How much audio comes at once, in frames: a packet and its jitter where a sender sends evenly; 0 while
  /// that is not known.
  var burst: Int64 {
    @_noLocks @_noAllocation get {
      let (fastest, slowest) = (fastest, slowest)
      guard fastest.isFinite, slowest != .min else { return 0 }
      return slowest - whole(fastest)
    }
  }

  /// Returns true if a packet of `count` frames whose first was sampled `transit` frames ago comes as the
  /// stream's packets have done, give or take a millisecond.
  @_noLocks @_noAllocation
  func isUsual(transit: Int64, count: Int64) -> Bool {
    let greatest = max(slowest, window.slowest)
    let tolerance = DeviceFormat.milliseconds(1)
    return Double(transit - count) >= fastest - Double(tolerance) && transit <= greatest + tolerance
  }
}

/// The greatest whole number of frames that is not more than `frames`, which is finite.
@_noLocks @_noAllocation
func whole(_ frames: Double) -> Int64 {
  let cut = Int64(frames)
  return Double(cut) > frames ? cut - 1 : cut
}

/// The two greatest of some values.
struct TopTwo: BitwiseCopyable {
  private(set) var first = Int64.min
  private(set) var second = Int64.min

  @_noLocks @_noAllocation
  init() {}

  @_noLocks @_noAllocation
  mutating func note(_ value: Int64) {
    if value > first {
      second = first
      first = value
    } else if value > second {
      second = value
    }
  }
}
