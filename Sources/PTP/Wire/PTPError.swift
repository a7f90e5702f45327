// SPDX-License-Identifier: MIT

/// The reason why bytes are not a PTP message for this clock, with the numbers found.
public enum PTPError: Error, Equatable, Sendable {
  case truncated(needed: Int, got: Int)
  /// It is not PTPv2: older Dante devices send version 1 on the same group and ports.
  case version(UInt8)
  /// It belongs to another standard's profile: 1 is 802.1AS.
  case sdo(UInt8)
  case messageType(UInt8)
  /// The header states more bytes than were received, or fewer than its message needs.
  case messageLength(said: Int, got: Int)
  /// A TLV has an odd length, or extends beyond the message; the offset is in bytes.
  case tlv(offset: Int, length: Int)
  case managementAction(UInt8)
}
