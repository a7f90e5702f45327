// SPDX-License-Identifier: MIT

/// The 32-bit media timestamp of an RTP packet, which wraps every 24.86 h at 48 kHz (RTP-03).
@frozen
public struct RTPTimestamp: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt32

  @inlinable @_noLocks @_noAllocation
  public init(_ value: UInt32) { self.value = value }

  /// The timestamp of a packet whose first frame is `frame` (AES67, 5); `offset` is the SDP's `mediaclk:direct`
  /// value.
  @inlinable @_noLocks @_noAllocation
  public init(_ frame: MediaFrame, offset: UInt32) {
    value = UInt32(truncatingIfNeeded: frame.index) &+ offset
  }

  /// The media frame nearest to `reference` with this timestamp (CLK-04).
  @inlinable @_noLocks @_noAllocation
  public func frame(offset: UInt32, near reference: MediaFrame) -> MediaFrame {
    let low = value &- offset
    let distance = Int32(bitPattern: low &- UInt32(truncatingIfNeeded: reference.index))
    return reference + Int64(distance)
  }

  /// Signed distance, this minus `other`, by serial arithmetic.
  @inlinable @_noLocks @_noAllocation
  public func distance(from other: RTPTimestamp) -> Int32 {
    Int32(bitPattern: value &- other.value)
  }
}

/// The 16-bit sequence number of an RTP packet (RFC 3550, 5.1).
@frozen
public struct SequenceNumber: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt16

  @inlinable @_noLocks @_noAllocation
  public init(_ value: UInt16) { self.value = value }

  /// Signed distance, this minus `other`, by serial arithmetic.
  @inlinable @_noLocks @_noAllocation
  public func distance(from other: SequenceNumber) -> Int {
    Int(Int16(bitPattern: value &- other.value))
  }

  @inlinable @_noLocks @_noAllocation
  public mutating func advance(by count: Int = 1) {
    value = value &+ UInt16(truncatingIfNeeded: count)
  }
}
