// SPDX-License-Identifier: MIT

/// Why bytes are not a PTP message for us. The numbers say what was found.
public enum PTPError: Error, Equatable, Sendable {
  case truncated(needed: Int, got: Int)
  /// Not PTPv2: 1 is what older Dante devices speak on the same group and ports.
  case version(UInt8)
  /// Another standard's profile: 1 is 802.1AS.
  case sdo(UInt8)
  case messageType(UInt8)
  /// The header says more bytes than came, or fewer than its message needs.
  case messageLength(said: Int, got: Int)
  /// A TLV of odd length, or one that reaches beyond the message; the offset is in bytes.
  case tlv(offset: Int, length: Int)
  case managementAction(UInt8)
}
