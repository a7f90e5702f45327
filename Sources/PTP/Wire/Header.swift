// SPDX-License-Identifier: MIT

/// The first octets of a datagram, with its type and length (13.3).
///
/// Everything that is not PTPv2 for this clock is refused here, before anything else is parsed.
struct Envelope {
  var messageType: MessageType
  /// The length in bytes, header included; never more than was received. The rest is padding (PTP-11).
  var messageLength: Int

  init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(2)
    let version = bytes.uint8(at: 1) & 0x0F
    guard version == 2 else { throw .version(version) }
    try bytes.require(Header.size)
    let first = bytes.uint8(at: 0)
    guard first >> 4 == 0 else { throw .sdo(first >> 4) }
    guard let type = MessageType(rawValue: first & 0x0F) else {
      throw .messageType(first & 0x0F)
    }
    messageType = type
    messageLength = Int(bytes.uint16(at: 2))
    guard messageLength >= type.size, messageLength <= bytes.byteCount else {
      throw .messageLength(said: messageLength, got: bytes.byteCount)
    }
  }
}

/// The common header (13.3), without the fields that follow from the message itself.
public struct Header: Hashable, Sendable, BitwiseCopyable {
  public var domainNumber: UInt8
  public var flags: Flags
  public var correctionField: TimeInterval
  public var sourcePortIdentity: PortIdentity
  public var sequenceId: UInt16
  public var logMessageInterval: Int8

  static let size = 34
  /// The logMessageInterval of messages that have no interval.
  public static let noInterval: Int8 = 0x7F

  public init(
    domainNumber: UInt8, flags: Flags = [], correctionField: TimeInterval = .zero,
    sourcePortIdentity: PortIdentity, sequenceId: UInt16,
    logMessageInterval: Int8 = Header.noInterval
  ) {
    self.domainNumber = domainNumber
    self.flags = flags
    self.correctionField = correctionField
    self.sourcePortIdentity = sourcePortIdentity
    self.sequenceId = sequenceId
    self.logMessageInterval = logMessageInterval
  }

  init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(Header.size)
    domainNumber = bytes.uint8(at: 4)
    flags = Flags(rawValue: bytes.uint16(at: 6))
    correctionField = TimeInterval(scaled: Int64(bitPattern: bytes.uint64(at: 8)))
    sourcePortIdentity = PortIdentity(bytes, at: 20)
    sequenceId = bytes.uint16(at: 30)
    logMessageInterval = bytes.int8(at: 33)
  }

  /// Writes all 34 octets. The minor version is 0, because some hardware does not timestamp any other (PTP-10).
  func write(into bytes: inout MutableRawSpan, type: MessageType, length: Int) {
    bytes.put(type.rawValue, at: 0)
    bytes.put(0x02 as UInt8, at: 1)
    bytes.put(UInt16(truncatingIfNeeded: length), at: 2)
    bytes.put(domainNumber, at: 4)
    bytes.put(0 as UInt8, at: 5)
    bytes.put(flags.rawValue, at: 6)
    bytes.put(UInt64(bitPattern: correctionField.scaled), at: 8)
    bytes.put(0 as UInt32, at: 16)
    sourcePortIdentity.write(into: &bytes, at: 20)
    bytes.put(sequenceId, at: 30)
    bytes.put(type.controlField, at: 32)
    bytes.put(logMessageInterval, at: 33)
  }
}
