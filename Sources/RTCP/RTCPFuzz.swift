// SPDX-License-Identifier: MIT

/// The property that holds for any bytes. A fuzz target calls it and stops if it is false.
public enum RTCPFuzz {
  /// Returns true if parsed packets begin with a report, and read the same after they were written. Exceptions
  /// are packets that are kept as numbers only, and texts that a replaced character has made longer than 255
  /// bytes.
  public static func holds(for bytes: [UInt8]) -> Bool {
    guard let compound = try? RTCPCompound(parsing: bytes) else { return true }
    switch compound.packets.first {
    case .senderReport, .receiverReport: break
    default: return false
    }
    let known = compound.packets.filter { if case .other = $0 { false } else { true } }
    guard let again = try? RTCPCompound(parsing: compound.bytes) else { return false }
    return again.packets == known || known.contains(where: \.hasLongText)
  }
}

extension RTCPPacket {
  /// Returns true if one text is longer than 255 bytes.
  fileprivate var hasLongText: Bool {
    switch self {
    case .sourceDescription(let descriptions):
      descriptions.contains { $0.items.contains { $0.text.utf8.count > 255 } }
    case .goodbye(_, let reason): (reason?.utf8.count ?? 0) > 255
    default: false
    }
  }
}
