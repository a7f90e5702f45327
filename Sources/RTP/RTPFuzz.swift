// SPDX-License-Identifier: MIT

/// The property that holds for any bytes. A fuzz target calls it and stops if it is false.
public enum RTPFuzz {
  /// Returns true if the payload lies after the header and within the packet.
  @_noLocks @_noAllocation
  public static func holds(for bytes: borrowing RawSpan) -> Bool {
    let packet: RTPPacket
    do throws(RTPError) { packet = try RTPPacket(parsing: bytes) } catch { return true }
    return packet.payloadOffset >= RTPHeader.size && packet.payloadCount >= 0
      && packet.payloadOffset + packet.payloadCount <= bytes.byteCount
  }
}
