// SPDX-License-Identifier: MIT
import Fuzzing
import MediaClock
import RTP
import SeededRandom
import Testing

/// Parses `bytes`. Returns the packet, or the error.
private func parse(_ bytes: [UInt8]) -> Result<RTPPacket, RTPError> {
  let span = unsafe bytes.span.bytes
  do throws(RTPError) {
    return .success(try RTPPacket(parsing: span))
  } catch {
    return .failure(error)
  }
}

@Suite("RTPPacket and RTPHeader (RFC 3550, 5.1)")
struct RTPPacketTests {
  /// Payload type 98, sequence 0x1234, time stamp 0x89ABCDEF, SSRC 0x01020304.
  static let header: [UInt8] = [
    0x80, 0x62, 0x12, 0x34, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x02, 0x03, 0x04,
  ]
  static let value = RTPHeader(
    payloadType: 98, sequence: SequenceNumber(0x1234), timestamp: RTPTimestamp(0x89AB_CDEF),
    ssrc: 0x0102_0304)

  @Test("The header is written and read byte for byte (RTP-01)")
  func vector() throws {
    var written = [UInt8](repeating: 0xFF, count: 12)
    var span = written.mutableSpan
    var bytes = unsafe span.mutableBytes
    Self.value.write(into: &bytes)
    #expect(written == Self.header)
    let packet = try parse(Self.header + [1, 2, 3]).get()
    #expect(packet.header == Self.value)
    #expect(packet.marker == false)
    #expect(packet.payloadOffset == 12 && packet.payloadCount == 3)
  }

  @Test(
    "Marker, sources, extension and padding are tolerated (RTP-01)",
    arguments: [
      (first: UInt8(0x80), second: UInt8(0xE2), insert: [UInt8](), append: [UInt8](), offset: 12),
      (0x82, 0x62, [9, 9, 9, 9, 8, 8, 8, 8], [], 20),
      (0x90, 0x62, [0xBE, 0xDE, 0, 1, 7, 7, 7, 7], [], 20),
      (0x90, 0x62, [0xBE, 0xDE, 0, 0], [], 16),
      (0xA0, 0x62, [], [0, 0, 0, 4], 12),
      (0xB1, 0xE2, [5, 5, 5, 5, 0, 0, 0, 1, 6, 6, 6, 6], [0, 2], 24),
    ])
  func options(first: UInt8, second: UInt8, insert: [UInt8], append: [UInt8], offset: Int) throws {
    let audio: [UInt8] = [10, 20, 30, 40, 50, 60]
    let bytes = [first, second] + Self.header[2...] + insert + audio + append
    let packet = try parse(bytes).get()
    #expect(packet.header == Self.value)
    #expect(packet.marker == (second & 0x80 != 0))
    #expect(packet.payloadOffset == offset)
    #expect(packet.payloadCount == audio.count)
  }

  /// The header with another first byte, then more bytes.
  private static func header(_ first: UInt8, then more: [UInt8] = []) -> [UInt8] {
    var bytes = header
    bytes[0] = first
    return bytes + more
  }

  private static let notRTP: [([UInt8], RTPError)] = [
    ([], .truncated(needed: 12, got: 0)),
    ([UInt8](repeating: 0x80, count: 11), .truncated(needed: 12, got: 11)),
    (header(0x40), .version(1)),
    (header(0x00), .version(0)),
    (header(0x8F), .truncated(needed: 72, got: 12)),
    (header(0x90), .truncated(needed: 16, got: 12)),
    (header(0x90, then: [0, 0, 0, 2, 1, 1, 1, 1]), .truncated(needed: 24, got: 20)),
    (header(0xA0), .padding(0)),
    (header(0xA0, then: [1, 0]), .padding(0)),
    (header(0xA0, then: [1, 3]), .padding(3)),
  ]

  @Test("Invalid packets are refused with the reason (RTP-08)", arguments: notRTP)
  func refused(bytes: [UInt8], error: RTPError) {
    #expect(parse(bytes) == .failure(error))
  }

  @Test("Any bytes give a packet within the bytes, or an error (RTP-08)")
  func anything() {
    let inputs = [
      Self.header + (1...48).map { UInt8($0) },
      Self.header(0x82, then: [9, 9, 9, 9, 8, 8, 8, 8, 1, 2, 3]),
      Self.header(0x90, then: [0xBE, 0xDE, 0, 1, 7, 7, 7, 7, 1, 2, 3]),
      Self.header(0xA0, then: [1, 2, 3, 4, 0, 0, 0, 4]),
      Self.header(0xB1, then: [5, 5, 5, 5, 0, 0, 0, 1, 6, 6, 6, 6, 1, 2, 3, 0, 2]),
    ]
    let seed: UInt64 = 6
    var mutator = Mutator(random: SeededGenerator(seed: seed), inputs: inputs)
    var read = 0
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard unsafe RTPFuzz.holds(for: bytes.span.bytes) else {
        Issue.record("seed \(seed), round \(round): \(bytes)")
        return
      }
      if case .success = parse(bytes) { read += 1 }
    }
    #expect(read > fuzzRounds / 50)
  }
}
