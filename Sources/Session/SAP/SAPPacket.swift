// SPDX-License-Identifier: MIT
public import Addressing

/// The reason why bytes are not a readable announcement, with the numbers found.
public enum SAPError: Error, Hashable, Sendable {
  case truncated(needed: Int, got: Int)
  case version(UInt8)
  case encrypted
  /// The compressed payload is damaged, or too long.
  case compressed
  case tooLong(bytes: Int, maximum: Int)
  /// The payload is not SDP, neither by its type nor by its first line.
  case payloadType(String)
}

extension SAPError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let needed, let got):
      "the announcement has \(got) bytes, and needs at least \(needed)"
    case .version(let version):
      "the announcement has SAP version \(version); only version 1 is supported"
    case .encrypted: "the announcement is encrypted"
    case .compressed:
      "the announcement is compressed, and its data is damaged or expands to more than"
        + " \(SAPPacket.maximumPayload) bytes"
    case .tooLong(_, let maximum):
      "the announcement has a description of more than \(maximum) bytes"
    case .payloadType(let found):
      "the announcement contains \"\(found)\"; only application/sdp is supported"
    }
  }
}

/// The announcing host, by the packet.
public enum SAPOrigin: Hashable, Sendable {
  case ip4(IPv4Address)
  case ip6(high: UInt64, low: UInt64)

  /// Returns true if the packet names no host: it comes from the host that sent it.
  var isZero: Bool {
    switch self {
    case .ip4(let address): address == .any
    case .ip6(let high, let low): high | low == 0
    }
  }
}

/// The identity of an announcement: its origin and message identifier (RFC 2974, 6).
public struct AnnouncementKey: Hashable, Sendable {
  public var origin: SAPOrigin
  /// The message identifier; zero has no meaning.
  public var hash: UInt16

  public init(origin: SAPOrigin, hash: UInt16) {
    self.origin = origin
    self.hash = hash
  }
}

/// Expands zlib data of a packet to at most so many bytes; nil if the data is damaged or longer.
public typealias Inflate = (_ compressed: [UInt8], _ maximumByteCount: Int) -> [UInt8]?

/// An announcement or its deletion, the Session Announcement Protocol's only message (RFC 2974, 6).
public struct SAPPacket: Hashable, Sendable {
  /// The maximum size of a payload in bytes, also after expansion. RFC 2974 (6) recommends 1,000; descriptions
  /// with many media sections are longer.
  public static let maximumPayload = 8_192
  /// The maximum size of a datagram: a longer one has too long a payload, whatever its header.
  public static let maximumByteCount = 4 + 16 + 4 * 255 + mimeType.utf8.count + 1 + maximumPayload

  public var isDeletion: Bool
  public var key: AnnouncementKey
  /// The SDP; of a deletion perhaps only its line `o=`, or nothing.
  public var payload: [UInt8]

  public init(isDeletion: Bool, key: AnnouncementKey, payload: [UInt8]) {
    self.isDeletion = isDeletion
    self.key = key
    self.payload = payload
  }

  private enum Flag {
    static let ip6: UInt8 = 0x10
    static let deletion: UInt8 = 0x04
    static let encrypted: UInt8 = 0x02
    static let compressed: UInt8 = 0x01
  }
  private static let mimeType = "application/sdp"

  public init(parsing bytes: [UInt8], inflate: Inflate) throws(SAPError) {
    guard bytes.count >= 8 else { throw .truncated(needed: 8, got: bytes.count) }
    let flags = bytes[0]
    guard flags >> 5 == 1 else { throw .version(flags >> 5) }
    guard flags & Flag.encrypted == 0 else { throw .encrypted }
    let addressCount = flags & Flag.ip6 == 0 ? 4 : 16
    // Authentication data is counted in words; we have no keys to check it with.
    let start = 4 + addressCount + 4 * Int(bytes[1])
    guard bytes.count >= start else { throw .truncated(needed: start, got: bytes.count) }
    let hash = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    key = AnnouncementKey(origin: Self.origin(bytes[4..<4 + addressCount]), hash: hash)
    isDeletion = flags & Flag.deletion != 0

    var content = Array(bytes[start...])
    if flags & Flag.compressed != 0 {
      // RFC 2974 does not say whether the payload type is compressed as well: some do, some do not.
      let type = Array(Self.mimeType.utf8) + [0]
      if content.starts(with: type) { content.removeFirst(type.count) }
      guard let inflated = inflate(content, Self.maximumPayload),
        inflated.count <= Self.maximumPayload
      else { throw .compressed }
      content = inflated
    }
    guard content.count <= Self.maximumPayload else {
      throw .tooLong(bytes: content.count, maximum: Self.maximumPayload)
    }
    payload = try Self.sdp(in: content, isDeletion: isDeletion)
  }

  private static func origin(_ bytes: ArraySlice<UInt8>) -> SAPOrigin {
    var words: [UInt64] = [0, 0]
    for (index, byte) in bytes.enumerated() {
      words[index / 8] = words[index / 8] << 8 | UInt64(byte)
    }
    if bytes.count == 4 { return .ip4(IPv4Address(bits: UInt32(truncatingIfNeeded: words[0]))) }
    return .ip6(high: words[0], low: words[1])
  }

  /// The content after the payload type. If the type is missing, SDP is recognized by its first line.
  private static func sdp(in content: [UInt8], isDeletion: Bool) throws(SAPError) -> [UInt8] {
    if content.starts(with: "v=0".utf8) || content.starts(with: "o=".utf8) { return content }
    if isDeletion, content.isEmpty { return [] }
    guard let end = content.firstIndex(of: 0) else {
      throw .payloadType(Text.decoded(content.prefix(40)))
    }
    let type = Text.decoded(content[..<min(end, 40)])
    guard type.lowercased() == mimeType else { throw .payloadType(type) }
    return Array(content[(end + 1)...])
  }

  /// The datagram. Only IPv4 announcements are written.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = [0x20, 0, UInt8(key.hash >> 8), UInt8(key.hash & 0xFF)]
    if isDeletion { bytes[0] |= Flag.deletion }
    switch key.origin {
    case .ip4(let address):
      for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(address.bits >> shift & 0xFF)) }
    case .ip6(let high, let low):
      bytes[0] |= Flag.ip6
      for word in [high, low] {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
          bytes.append(UInt8(word >> shift & 0xFF))
        }
      }
    }
    return bytes + Array(Self.mimeType.utf8) + [0] + payload
  }
}

/// The property that holds for any bytes. A fuzz target calls it and stops if it is false.
public enum SAPFuzz {
  /// Returns true if a parsed packet can be written, and parses the same again.
  public static func holds(for bytes: [UInt8]) -> Bool {
    // The test inflates by doubling, so that the expansion grows.
    let inflate: Inflate = { bytes, maximum in bytes.count * 2 <= maximum ? bytes + bytes : nil }
    guard let packet = try? SAPPacket(parsing: bytes, inflate: inflate) else { return true }
    return (try? SAPPacket(parsing: packet.bytes, inflate: { _, _ in nil })) == packet
  }
}
