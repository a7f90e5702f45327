// SPDX-License-Identifier: MIT
public import MediaClock

/// The fixed header of an RTP packet (RFC 3550, 5.1), as a sender of this project writes it: version 2,
/// no padding, extension, contributing sources or marker (RTP-01).
@frozen
public struct RTPHeader: Hashable, Sendable, BitwiseCopyable {
  public var payloadType: UInt8
  public var sequence: SequenceNumber
  public var timestamp: RTPTimestamp
  public var ssrc: UInt32

  /// The size in bytes.
  @inlinable
  public static var size: Int { @_noLocks @_noAllocation get { 12 } }

  @inlinable @_noLocks @_noAllocation
  public init(
    payloadType: UInt8, sequence: SequenceNumber, timestamp: RTPTimestamp, ssrc: UInt32
  ) {
    self.payloadType = payloadType
    self.sequence = sequence
    self.timestamp = timestamp
    self.ssrc = ssrc
  }

  /// Writes the twelve bytes at the start of `bytes`, which must hold them.
  @inlinable @_noLocks @_noAllocation
  public func write(into bytes: inout MutableRawSpan) {
    bytes.storeBytes(of: 0x80, as: UInt8.self)
    bytes.storeBytes(of: payloadType & 0x7F, toByteOffset: 1, as: UInt8.self)
    bytes.storeBytes(of: sequence.value.bigEndian, toByteOffset: 2, as: UInt16.self)
    bytes.storeBytes(of: timestamp.value.bigEndian, toByteOffset: 4, as: UInt32.self)
    bytes.storeBytes(of: ssrc.bigEndian, toByteOffset: 8, as: UInt32.self)
  }
}
