// SPDX-License-Identifier: MIT

/// What must hold for any bytes at all; a fuzz target calls it and stops when it is false.
public enum RTPFuzz {
  /// The payload lies behind the header and within the packet.
  @_noLocks @_noAllocation
  public static func holds(for bytes: borrowing RawSpan) -> Bool {
    let packet: RTPPacket
    do throws(RTPError) { packet = try RTPPacket(parsing: bytes) } catch { return true }
    return packet.payloadOffset >= RTPHeader.size && packet.payloadCount >= 0
      && packet.payloadOffset + packet.payloadCount <= bytes.byteCount
  }
}
