// SPDX-License-Identifier: MIT

extension [UInt8] {
  mutating func append(big value: UInt32) {
    append(UInt8(truncatingIfNeeded: value >> 24))
    append(UInt8(truncatingIfNeeded: value >> 16))
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }
}

extension RTCPCompound {
  /// The datagram.
  public var bytes: [UInt8] { packets.flatMap(\.bytes) }
}

extension RTCPPacket {
  /// The maximum number of reports, chunks or sources, which five bits of a packet count.
  static let maximumCount = 31

  /// The header and the body. Items beyond the maximum count are left out. `other` writes nothing.
  public var bytes: [UInt8] {
    var body: [UInt8] = []
    switch self {
    case .senderReport(let ssrc, let info, let reports):
      body.append(big: ssrc)
      info.write(into: &body)
      for report in reports.prefix(Self.maximumCount) { report.write(into: &body) }
      return Self.packet(Kind.senderReport, reports.count, body)
    case .receiverReport(let ssrc, let reports):
      body.append(big: ssrc)
      for report in reports.prefix(Self.maximumCount) { report.write(into: &body) }
      return Self.packet(Kind.receiverReport, reports.count, body)
    case .sourceDescription(let descriptions):
      for description in descriptions.prefix(Self.maximumCount) {
        body.append(big: description.ssrc)
        for item in description.items { Self.write(item.type, item.text, into: &body) }
        // At least one zero ends the list of items.
        repeat { body.append(0) } while body.count % 4 != 0
      }
      return Self.packet(Kind.sourceDescription, descriptions.count, body)
    case .goodbye(let sources, let reason):
      for source in sources.prefix(Self.maximumCount) { body.append(big: source) }
      if let reason {
        let text = reason.utf8.prefix(255)
        body.append(UInt8(text.count))
        body += text
        while body.count % 4 != 0 { body.append(0) }
      }
      return Self.packet(Kind.goodbye, sources.count, body)
    case .other: return []
    }
  }

  private static func write(_ type: UInt8, _ text: String, into body: inout [UInt8]) {
    let text = text.utf8.prefix(255)
    body.append(type)
    body.append(UInt8(text.count))
    body += text
  }

  private static func packet(_ type: UInt8, _ count: Int, _ body: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    let first = 0x80 | UInt32(min(count, maximumCount))
    bytes.append(big: first << 24 | UInt32(type) << 16 | UInt32(body.count / 4))
    return bytes + body
  }
}
