// SPDX-License-Identifier: MIT
public import MediaClock

/// The reason why bytes are not an RTP packet, with the numbers found.
public enum RTPError: Error, Equatable, Sendable {
  case truncated(needed: Int, got: Int)
  case version(UInt8)
  case padding(UInt8)
}

/// A received RTP packet, checked once: the values of the header, and the position of the payload.
///
/// Contributing sources, header extensions, padding and markers are all accepted (RTP-01).
@frozen
public struct RTPPacket: Hashable, Sendable, BitwiseCopyable {
  public var header: RTPHeader
  public var marker: Bool
  /// The offset in bytes from the start of the packet.
  public var payloadOffset: Int
  /// The length in bytes, without padding.
  public var payloadCount: Int

  @inlinable @_noLocks @_noAllocation
  public init(parsing bytes: borrowing RawSpan) throws(RTPError) {
    let count = bytes.byteCount
    guard count >= RTPHeader.size else {
      throw .truncated(needed: RTPHeader.size, got: count)
    }
    let first = RTPPacket.byte(bytes, at: 0)
    guard first >> 6 == 2 else { throw .version(first >> 6) }
    let second = RTPPacket.byte(bytes, at: 1)
    header = RTPHeader(
      payloadType: second & 0x7F,
      sequence: SequenceNumber(RTPPacket.uint16(bytes, at: 2)),
      timestamp: RTPTimestamp(RTPPacket.uint32(bytes, at: 4)),
      ssrc: RTPPacket.uint32(bytes, at: 8))
    marker = second & 0x80 != 0

    var start = RTPHeader.size + 4 * Int(first & 0x0F)
    if first & 0x10 != 0 {
      guard count >= start + 4 else { throw .truncated(needed: start + 4, got: count) }
      start += 4 + 4 * Int(RTPPacket.uint16(bytes, at: start + 2))
    }
    guard count >= start else { throw .truncated(needed: start, got: count) }
    payloadOffset = start
    payloadCount = count - start
    if first & 0x20 != 0 {
      guard payloadCount > 0 else { throw .padding(0) }
      let padding = RTPPacket.byte(bytes, at: count - 1)
      guard padding > 0, Int(padding) <= payloadCount else { throw .padding(padding) }
      payloadCount -= Int(padding)
    }
  }

  @inlinable @_noLocks @_noAllocation
  static func byte(_ bytes: RawSpan, at offset: Int) -> UInt8 {
    unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inlinable @_noLocks @_noAllocation
  static func uint16(_ bytes: RawSpan, at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inlinable @_noLocks @_noAllocation
  static func uint32(_ bytes: RawSpan, at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
