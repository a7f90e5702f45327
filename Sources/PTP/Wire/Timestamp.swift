// SPDX-License-Identifier: MIT
public import MediaClock

/// A time on the wire (5.3.3): 48 bits of seconds and 32 of nanoseconds since the epoch.
///
/// It keeps every received value, so that writing returns the same bytes; `instant` is for computations.
public struct Timestamp: Hashable, Sendable, BitwiseCopyable {
  public var seconds: UInt64
  public var nanoseconds: UInt32

  static let size = 10
  public static let zero = Timestamp(seconds: 0, nanoseconds: 0)

  public init(seconds: UInt64, nanoseconds: UInt32) {
    self.seconds = seconds & 0xFFFF_FFFF_FFFF
    self.nanoseconds = nanoseconds
  }

  /// Times before the epoch become the epoch.
  public init(_ instant: PTPInstant) {
    let whole = UInt64(max(instant.nanoseconds, 0))
    self.init(
      seconds: whole / 1_000_000_000,
      nanoseconds: UInt32(truncatingIfNeeded: whole % 1_000_000_000))
  }

  /// The same as an instant. Nil if no clock can show it: a billion nanoseconds or more, or later than 2^62
  /// nanoseconds (the year 2116), which keeps every later sum within 64 bits.
  public var instant: PTPInstant? {
    guard nanoseconds < 1_000_000_000, seconds < 1 << 62 / 1_000_000_000 else { return nil }
    return PTPInstant(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
  }

  init(_ bytes: RawSpan, at offset: Int) {
    seconds = UInt64(bytes.uint16(at: offset)) << 32 | UInt64(bytes.uint32(at: offset + 2))
    nanoseconds = bytes.uint32(at: offset + 6)
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(UInt16(truncatingIfNeeded: seconds >> 32), at: offset)
    bytes.put(UInt32(truncatingIfNeeded: seconds), at: offset + 2)
    bytes.put(nanoseconds, at: offset + 6)
  }
}
