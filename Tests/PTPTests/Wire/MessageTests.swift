// SPDX-License-Identifier: MIT
import Fuzzing
@_spi(Fuzzing) import PTP
import SeededRandom
import Testing

@Suite struct MessageTests {
  static let vectors = messageVectors + managementVectors

  @Test(arguments: vectors) func reads(vector: Vector) throws {
    #expect(try Message(parsing: vector.bytes) == vector.message)
  }

  @Test(arguments: vectors) func writes(vector: Vector) {
    #expect(vector.message.bytes == vector.bytes)
  }

  @Test(arguments: vectors) func refusesEveryTruncation(vector: Vector) {
    let bytes = vector.bytes
    for count in 0..<bytes.count {
      let short = [UInt8](bytes[..<count])
      #expect(throws: PTPError.self) { try Message(parsing: short) }
    }
  }

  @Test(arguments: vectors) func ignoresPaddingAndMinorVersion(vector: Vector) throws {
    var bytes = vector.bytes + [0xAA, 0xBB]
    bytes[1] |= 0x10
    #expect(try Message(parsing: bytes) == vector.message)
  }

  @Test func skipsTLVsOfOthers() throws {
    let vector = Self.vectors[0]
    var bytes = vector.bytes + [UInt8](hex: "0003 0004 01020304 2001 0002 ffff")
    bytes[3] = UInt8(bytes.count)
    #expect(try Message(parsing: bytes) == vector.message)
  }

  @Test(arguments: [
    ("0003 0003 01020304", PTPError.tlv(offset: 64, length: 3)),
    ("0003 0006 01020304", PTPError.tlv(offset: 64, length: 6)),
  ])
  func refusesMalformedTLVs(tlv: String, error: PTPError) {
    var bytes = Self.vectors[0].bytes + [UInt8](hex: tlv)
    bytes[3] = UInt8(bytes.count)
    #expect(throws: error) { try Message(parsing: bytes) }
  }

  @Test(
    arguments: [
      (0, 0x1B, PTPError.sdo(1)), (0, 0x04, .messageType(4)), (1, 0x01, .version(1)),
      (1, 0x03, .version(3)), (3, 0x3F, .messageLength(said: 63, got: 64)),
      (3, 0x41, .messageLength(said: 65, got: 64)),
    ] as [(Int, UInt8, PTPError)])
  func refusesOtherProtocols(offset: Int, value: UInt8, error: PTPError) {
    var bytes = Self.vectors[0].bytes
    bytes[offset] = value
    #expect(throws: error) { try Message(parsing: bytes) }
  }

  @Test func dropsVersion1BeforeItsLength() {
    let bytes: [UInt8] = [0x00, 0x01, 0x00]
    #expect(throws: PTPError.version(1)) { try Message(parsing: bytes) }
  }

  @Test(arguments: vectors) func survivesMutation(vector: Vector) {
    var generator = SeededGenerator(seed: 0x5EED)
    let original = vector.bytes
    for round in 0..<fuzzRounds {
      var bytes = original
      for _ in 0...Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if round % 4 == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      if !fuzzMessage(bytes) {
        Issue.record("seed 0x5EED, round \(round): \(bytes)")
        return
      }
    }
  }
}
