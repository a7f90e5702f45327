// SPDX-License-Identifier: MIT

/// Reads big-endian numbers from bytes whose length was checked.
struct RTCPReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var left: Int { bytes.endIndex - position }

  mutating func uint8() -> UInt8 {
    defer { position += 1 }
    return bytes[position]
  }

  mutating func uint16() -> UInt16 { UInt16(uint8()) << 8 | UInt16(uint8()) }

  mutating func uint32() -> UInt32 { UInt32(uint16()) << 16 | UInt32(uint16()) }

  mutating func text(_ count: Int) -> String {
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  mutating func skip(_ count: Int) { position += count }
}

extension RTCPCompound {
  /// Parses a datagram. All lengths are checked against the bytes that exist (RFC 3550, A.2).
  public init(parsing datagram: [UInt8]) throws(RTCPError) {
    var rest = datagram[...]
    var packets: [RTCPPacket] = []
    repeat {
      guard rest.count >= 4 else { throw .truncated(needed: 4, got: rest.count) }
      var reader = RTCPReader(rest)
      let first = reader.uint8()
      let type = reader.uint8()
      guard first >> 6 == 2 else { throw .version(first >> 6) }
      if packets.isEmpty {
        guard type == RTCPPacket.Kind.senderReport || type == RTCPPacket.Kind.receiverReport else {
          throw .firstType(type)
        }
      }
      let length = 4 * (Int(reader.uint16()) + 1)
      guard rest.count >= length else { throw .truncated(needed: length, got: rest.count) }
      var body = rest.dropFirst(4).prefix(length - 4)
      if first & 0x20 != 0 {
        let padding = body.last ?? 0
        guard padding > 0, padding % 4 == 0, Int(padding) <= body.count else {
          throw .padding(padding)
        }
        body = body.dropLast(Int(padding))
      }
      packets.append(try RTCPPacket(type: type, count: Int(first & 0x1F), body))
      rest = rest.dropFirst(length)
    } while !rest.isEmpty
    self.init(packets)
  }
}

extension RTCPPacket {
  fileprivate init(type: UInt8, count: Int, _ body: ArraySlice<UInt8>) throws(RTCPError) {
    var reader = RTCPReader(body)
    switch type {
    case Kind.senderReport:
      let needed = 4 + SenderInfo.size + count * ReceptionReport.size
      guard body.count >= needed else { throw .contents(type: type) }
      let ssrc = reader.uint32()
      let info = SenderInfo(&reader)
      self = .senderReport(ssrc: ssrc, info, Self.reports(count, &reader))
    case Kind.receiverReport:
      guard body.count >= 4 + count * ReceptionReport.size else { throw .contents(type: type) }
      let ssrc = reader.uint32()
      self = .receiverReport(ssrc: ssrc, Self.reports(count, &reader))
    case Kind.sourceDescription:
      self = .sourceDescription(try Self.descriptions(count, &reader))
    case Kind.goodbye:
      guard body.count >= 4 * count else { throw .contents(type: type) }
      var sources: [UInt32] = []
      for _ in 0..<count { sources.append(reader.uint32()) }
      var reason: String?
      if reader.left > 0 {
        let length = Int(reader.uint8())
        guard reader.left >= length else { throw .contents(type: type) }
        reason = reader.text(length)
      }
      self = .goodbye(sources, reason: reason)
    default: self = .other(type: type)
    }
  }

  private static func reports(_ count: Int, _ reader: inout RTCPReader) -> [ReceptionReport] {
    var reports: [ReceptionReport] = []
    for _ in 0..<count { reports.append(ReceptionReport(&reader)) }
    return reports
  }

  /// Chunks of items, each ended by a zero and filled up to four bytes.
  private static func descriptions(
    _ count: Int, _ reader: inout RTCPReader
  ) throws(RTCPError) -> [SourceDescription] {
    var found: [SourceDescription] = []
    for _ in 0..<count {
      guard reader.left >= 4 else { throw .contents(type: Kind.sourceDescription) }
      let start = reader.position
      var description = SourceDescription(ssrc: reader.uint32(), items: [])
      while true {
        guard reader.left >= 1 else { throw .contents(type: Kind.sourceDescription) }
        let type = reader.uint8()
        guard type != 0 else { break }
        guard reader.left >= 1 else { throw .contents(type: Kind.sourceDescription) }
        let length = Int(reader.uint8())
        guard reader.left >= length else { throw .contents(type: Kind.sourceDescription) }
        description.items.append((type, reader.text(length)))
      }
      let fill = (4 - (reader.position - start) % 4) % 4
      guard reader.left >= fill else { throw .contents(type: Kind.sourceDescription) }
      reader.skip(fill)
      found.append(description)
    }
    return found
  }
}
