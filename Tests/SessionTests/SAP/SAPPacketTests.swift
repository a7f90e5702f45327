// SPDX-License-Identifier: MIT
import Addressing
import Fuzzing
import SeededRandom
import Session
import Testing

@Suite struct SAPPacketTests {
  static let host = SAPOrigin.ip4(IPv4Address(bits: 0x0A00_0001))
  static let sdp = Array("v=0\r\n".utf8)

  func parse(
    _ bytes: [UInt8], inflate: Inflate = { _, _ in nil }
  ) throws(SAPError) -> SAPPacket {
    try SAPPacket(parsing: bytes, inflate: inflate)
  }

  /// Bytes and values correspond in both directions.
  @Test func readsAndWrites() throws {
    let header: [UInt8] = [0x20, 0x00, 0x12, 0x34, 10, 0, 0, 1]
    let bytes = header + Array("application/sdp".utf8) + [0] + Self.sdp
    let packet = SAPPacket(
      isDeletion: false, key: AnnouncementKey(origin: Self.host, hash: 0x1234), payload: Self.sdp)
    #expect(packet.bytes == bytes)
    #expect(try parse(bytes) == packet)
    var deletion = packet
    deletion.isDeletion = true
    #expect(deletion.bytes[0] == 0x24)
    #expect(try parse(deletion.bytes) == deletion)
    var six = packet
    six.key.origin = .ip6(high: 0x2001_0DB8 << 32, low: 1)
    #expect(six.bytes[0] == 0x30)
    #expect(
      Array(six.bytes[4..<20]) == [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
    #expect(try parse(six.bytes) == six)
  }

  @Test func toleratesDeviatingAnnouncers() throws {
    let header: [UInt8] = [0x20, 0x00, 0x12, 0x34, 10, 0, 0, 1]
    #expect(try parse(header + Self.sdp).payload == Self.sdp)
    let upper = header + Array("APPLICATION/SDP".utf8) + [0] + Self.sdp
    #expect(try parse(upper).payload == Self.sdp)
    let authenticated = [0x20, 2] + header[2...] + [UInt8](repeating: 9, count: 8) + Self.sdp
    #expect(try parse(Array(authenticated)).payload == Self.sdp)
    let deletion: [UInt8] = [0x24] + header[1...]
    #expect(try parse(deletion).payload.isEmpty)
    #expect(try parse(deletion + Array("o=- 1".utf8)).payload == Array("o=- 1".utf8))
    let zero: [UInt8] = [0x20, 0, 0, 0, 10, 0, 0, 1]
    #expect(try parse(zero + Self.sdp).key.hash == 0)
  }

  @Test func expandsWithinBounds() throws {
    let packed: [UInt8] = [0x21, 0x00, 0x12, 0x34, 10, 0, 0, 1, 7, 7]
    let content = Array("application/sdp".utf8) + [0] + Self.sdp
    let found = try parse(packed) { bytes, maximum in
      #expect(bytes == [7, 7] && maximum == SAPPacket.maximumPayload)
      return content
    }
    #expect(found.payload == Self.sdp)
    #expect(throws: SAPError.compressed) { try parse(packed) }
    // A closure that exceeds the limit.
    let bomb = Self.sdp + [UInt8](repeating: 0x20, count: SAPPacket.maximumPayload)
    #expect(throws: SAPError.compressed) { try parse(packed) { _, _ in bomb } }
  }

  @Test func refuses() {
    let header: [UInt8] = [0x20, 0x00, 0x12, 0x34, 10, 0, 0, 1]
    let table: [([UInt8], SAPError)] = [
      ([], .truncated(needed: 8, got: 0)), (Array(header[..<7]), .truncated(needed: 8, got: 7)),
      ([0x40] + header[1...], .version(2)), ([0x00] + header[1...], .version(0)),
      ([0x22] + header[1...] + Self.sdp, .encrypted),
      ([0x30] + header[1...], .truncated(needed: 20, got: 8)),
      ([0x20, 255] + header[2...], .truncated(needed: 1_028, got: 8)),
      (header, .payloadType("")), (header + [1, 2], .payloadType("\u{FFFD}\u{FFFD}")),
      (header + Array("text/html".utf8) + [0] + Self.sdp, .payloadType("text/html")),
      (
        header + Self.sdp + [UInt8](repeating: 0x20, count: 8_188),
        .tooLong(bytes: 8_193, maximum: 8_192)
      ),
    ]
    for (bytes, error) in table {
      #expect(throws: error) { try parse(bytes) }
    }
  }

  @Test func survivesMutatedPackets() {
    let inputs = Corpus.all.enumerated().flatMap { index, entry in
      let packet = SAPPacket(
        isDeletion: false, key: AnnouncementKey(origin: Self.host, hash: UInt16(index)),
        payload: Array(entry.1.utf8))
      var deletion = packet
      deletion.isDeletion = true
      deletion.payload = []
      var packed = packet.bytes
      packed[0] |= 1
      return [packet.bytes, deletion.bytes, packed, Array(packet.bytes[..<60])]
    }
    let seed: UInt64 = 42
    var mutator = Mutator(random: SeededGenerator(seed: seed), inputs: inputs)
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard SAPFuzz.holds(for: bytes) else {
        Issue.record("seed \(seed), round \(round): \(bytes)")
        return
      }
    }
  }
}
