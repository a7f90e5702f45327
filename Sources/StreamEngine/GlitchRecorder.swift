// SPDX-License-Identifier: MIT
public import MediaClock

/// How a packet was counted.
public enum PacketVerdict: UInt8, Sendable, BitwiseCopyable {
  case inTime
  case late
  case early
  case duplicate
  case reordered

  /// Returns true if it could not be heard whole.
  var isOut: Bool {
    @_noLocks @_noAllocation get {
      switch self {
      case .late, .early: return true
      case .inTime, .duplicate, .reordered: return false
      }
    }
  }
}

/// What is kept of a packet: its header, and when it came.
public struct PacketNote: Hashable, Sendable, BitwiseCopyable {
  public var arrival = DeviceFrame(0)
  public var timestamp: UInt32 = 0
  public var ssrc: UInt32 = 0
  public var address: UInt32 = 0
  /// Frames until its first was due.
  public var margin: Int32 = 0
  public var port: UInt16 = 0
  public var sequence: UInt16 = 0
  public var frames: UInt16 = 0
  public var verdict = PacketVerdict.inTime

  @_noLocks @_noAllocation
  package init() {}
}

/// What can be heard when it happens.
public enum GlitchKind: UInt8, Sendable, BitwiseCopyable {
  case late
  case lost
  case resync
  /// The stream was silent: no packet came for so long that it is more than loss.
  case gap

  /// How long that is: 10 packet times, 100 ms at least.
  @_noLocks @_noAllocation
  static func gap(packet: Int64) -> Int64 { max(10 * packet, DeviceFormat.milliseconds(100)) }
}

/// One event, with eight packets before it and up to eight after it.
public struct GlitchRecord: BitwiseCopyable, Sendable {
  public internal(set) var receiver = 0
  public internal(set) var kind = GlitchKind.late
  /// Packets concerned: how many were lost at once or did not come, or how many events fell together.
  public internal(set) var count = 0
  public internal(set) var frame = DeviceFrame(0)
  /// The last ones that came, the oldest first; `noteCount` of them.
  public internal(set) var notes = InlineArray<16, PacketNote>(repeating: PacketNote())
  public internal(set) var noteCount = 0
}

/// Remembers a stream's last sixteen packets, and after an event waits for eight more before it hands
/// them over: so that "it clicked at 21:14" has an answer.
///
/// Events that follow before that belong to the same glitch.
struct GlitchRecorder: ~Copyable {
  private static var after: Int { 8 }
  /// A stream that has fallen silent hands over what it has after this time.
  private static var timeout: Int64 { DeviceFormat.milliseconds(100) }

  private var notes = InlineArray<16, PacketNote>(repeating: PacketNote())
  private var next = 0
  private var noted = 0
  private var kind = GlitchKind.late
  private var count = 0
  private var frame = DeviceFrame(0)
  private var wanting = 0

  @_noLocks @_noAllocation
  init() {}

  @_noLocks @_noAllocation
  mutating func note(_ packet: PacketNote) {
    notes[next & 15] = packet
    next += 1
    noted = min(noted + 1, 16)
    if count > 0 { wanting -= 1 }
  }

  /// Notes that something happened. A resync explains losses and late packets beside it.
  @_noLocks @_noAllocation
  mutating func report(_ kind: GlitchKind, count: Int = 1, at now: DeviceFrame) {
    guard count > 0 else { return }
    if self.count == 0 {
      self.kind = kind
      frame = now
      wanting = GlitchRecorder.after
    } else if kind.rawValue > self.kind.rawValue {
      self.kind = kind
    }
    self.count += count
  }

  /// Notes a silence that ends now, in which so many packets did not come; what was reported at `now` came of it.
  ///
  /// - Returns: How many packets that were.
  @_noLocks @_noAllocation
  mutating func reportGap(of packets: Int, at now: DeviceFrame) -> Int {
    guard count > 0, frame.index == now.index else {
      report(.gap, count: packets, at: now)
      return 0
    }
    let known = kind == .lost ? count : 0
    kind = .gap
    count = packets
    return known
  }

  /// Returns true if there was an event, and enough came after it.
  // Inlined, as it would be given a copy of all the notes.
  @inline(__always) @_noLocks @_noAllocation
  func isComplete(at now: DeviceFrame) -> Bool {
    count > 0 && (wanting <= 0 || now - frame >= GlitchRecorder.timeout)
  }

  /// The event; the next one is another.
  @_noLocks @_noAllocation
  mutating func take() -> GlitchRecord {
    var record = GlitchRecord()
    record.kind = kind
    record.count = count
    record.frame = frame
    record.noteCount = noted
    var index = 0
    while index < noted {
      record.notes[index] = notes[(next - noted + index) & 15]
      index += 1
    }
    count = 0
    return record
  }
}
