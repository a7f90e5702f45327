// SPDX-License-Identifier: MIT
internal import MediaClock

/// The packet arrivals of a quarter of a second.
struct ArrivalWindow: BitwiseCopyable {
  /// The smallest number of frames from the sampling of a packet's last frame to its arrival.
  var fastest = Double.infinity
  /// The greatest number of frames from the sampling of a packet's first frame to its arrival.
  var slowest = Int64.min
  /// The length of the longest packet in frames.
  var longest: Int64 = 0
  var packets = 0
  /// The number of packets that arrived too late, and too early for the ring.
  var late = 0
  var early = 0

  @_noLocks @_noAllocation
  init() {}

  /// Returns true if not a single packet could be played whole, all for the same reason.
  var isOut: Bool {
    @_noLocks @_noAllocation get { packets > 0 && (late == packets || early == packets) }
  }
}

/// The pattern in which a stream's packets arrive: the shape of its bursts, measured over a second.
///
/// If a sender delivers 20 ms of audio at once, its slowest packet is 20 ms slower than its fastest in every
/// window. If a host stalls, packets are slow in one window, perhaps two, and never fast. Therefore the fastest
/// packet of all windows counts, and the slowest packet of the second slowest window.
struct ArrivalShape: BitwiseCopyable {
  /// The length of a window in frames: it holds two bursts of 100 ms.
  static var interval: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(250) } }
  /// The number of past windows that are kept.
  static var depth: Int { @_noLocks @_noAllocation get { 4 } }

  private var window = ArrivalWindow()
  /// The end of the present window.
  private(set) var end = DeviceFrame(.min)
  private var past = InlineArray<4, ArrivalWindow>(repeating: ArrivalWindow())
  private var next = 0

  @_noLocks @_noAllocation
  init() {}

  /// Notes a packet that arrives before ``end``.
  ///
  /// - Parameters:
  ///   - lag: frames from the sampling of its last frame to its arrival.
  ///   - outcome: the result of taking it in.
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

  /// Begins another window. Returns the one that has ended, or nil if no packet arrived in it.
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

  /// Adjusts the windows after all places have moved by `frames`: every packet appears faster by as much.
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

  /// Forgets the windows, because the packets' new places are unrelated to the old ones.
  @_noLocks @_noAllocation
  mutating func beginAnew() { self = ArrivalShape() }

  /// The smallest lag of the last second; infinite before the first packet.
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

  /// The greatest transit of the last second without a single stall: the second greatest of the complete
  /// windows. `Int64.min` before two have ended.
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

  /// The audio that arrives at once, in frames: one packet and its jitter if the sender sends evenly; 0 while
  /// unknown.
  var burst: Int64 {
    @_noLocks @_noAllocation get {
      let (fastest, slowest) = (fastest, slowest)
      guard fastest.isFinite, slowest != .min else { return 0 }
      return slowest - whole(fastest)
    }
  }

  /// Returns true if a packet of `count` frames, the first of which was sampled `transit` frames ago, arrives
  /// like the stream's other packets, within a millisecond.
  @_noLocks @_noAllocation
  func isUsual(transit: Int64, count: Int64) -> Bool {
    let greatest = max(slowest, window.slowest)
    let tolerance = DeviceFormat.milliseconds(1)
    return Double(transit - count) >= fastest - Double(tolerance) && transit <= greatest + tolerance
  }
}

/// Rounds a finite number of frames down.
@_noLocks @_noAllocation
func whole(_ frames: Double) -> Int64 {
  let cut = Int64(frames)
  return Double(cut) > frames ? cut - 1 : cut
}

/// The two greatest of a series of values.
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
