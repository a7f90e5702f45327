// SPDX-License-Identifier: MIT
public import MediaClock

/// The verdict under which a packet was counted.
public enum PacketVerdict: UInt8, Sendable, BitwiseCopyable {
  case inTime
  case late
  case early
  case duplicate
  case reordered

  /// Returns true if it could not be played whole.
  var isOut: Bool {
    @_noLocks @_noAllocation get {
      switch self {
      case .late, .early: return true
      case .inTime, .duplicate, .reordered: return false
      }
    }
  }
}

/// The record of one packet: its header, and its arrival.
public struct PacketNote: Hashable, Sendable, BitwiseCopyable {
  public var arrival = DeviceFrame(0)
  public var timestamp: UInt32 = 0
  public var ssrc: UInt32 = 0
  public var address: UInt32 = 0
  /// Frames until its first one was due.
  public var margin: Int32 = 0
  public var port: UInt16 = 0
  public var sequence: UInt16 = 0
  public var frames: UInt16 = 0
  public var verdict = PacketVerdict.inTime

  @_noLocks @_noAllocation
  package init() {}
}

/// A kind of audible event.
public enum GlitchKind: UInt8, Sendable, BitwiseCopyable {
  case late
  case lost
  case resync
  /// The stream was silent for longer than a loss explains.
  case gap

  /// The duration of a gap: 10 packet times, at least 100 ms.
  @_noLocks @_noAllocation
  static func gap(packet: Int64) -> Int64 { max(10 * packet, DeviceFormat.milliseconds(100)) }
}

/// One event, with eight packets before it and up to eight after it.
public struct GlitchRecord: BitwiseCopyable, Sendable {
  public internal(set) var receiver = 0
  public internal(set) var kind = GlitchKind.late
  /// The packets concerned: those that were lost at once or missing in a gap, or the number of events that were
  /// combined.
  public internal(set) var count = 0
  public internal(set) var frame = DeviceFrame(0)
  /// The last packets, the oldest first; `noteCount` of them.
  public internal(set) var notes = InlineArray<16, PacketNote>(repeating: PacketNote())
  public internal(set) var noteCount = 0
}

/// Keeps a stream's last sixteen packets. After an event it waits for eight more before it delivers the record,
/// so that "it clicked at 21:14" has an answer.
///
/// Events that follow within that time belong to the same glitch.
struct GlitchRecorder: ~Copyable {
  private static var after: Int { 8 }
  /// If the stream has stopped, the record is delivered after this time.
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

  /// Notes an event. A resync explains losses and late packets beside it.
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

  /// Notes the end of a gap in which so many packets are missing; events reported at `now` are its
  /// consequences.
  ///
  /// - Returns: the number of missing packets.
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

  /// Returns true if there was an event, and enough packets have arrived after it.
  // Inlined: a call would be given a copy of all the notes.
  @inline(__always) @_noLocks @_noAllocation
  func isComplete(at now: DeviceFrame) -> Bool {
    count > 0 && (wanting <= 0 || now - frame >= GlitchRecorder.timeout)
  }

  /// Returns the event, and is ready for the next one.
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
