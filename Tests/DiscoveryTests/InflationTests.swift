// SPDX-License-Identifier: MIT
import CZlib
import Session
import Testing

@testable import Discovery

/// Compressed announcements are read, with a bound on their size (SAP-05).
@Suite struct InflationTests {
  private func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(count))
    #expect(unsafe compress(&output, &count, bytes, uLong(bytes.count)) == Z_OK)
    return Array(output.prefix(Int(count)))
  }

  private func inflate(_ bytes: [UInt8], _ maximum: Int) -> [UInt8]? {
    Inflation.inflate(bytes, maximum)
  }

  @Test func roundTrip() {
    let bytes = (0..<4_096).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    #expect(inflate(compressed(bytes), 4_096) == bytes)
    #expect(inflate(compressed([]), 4_096) == [])
  }

  @Test func tooLongOutputIsRefused() {
    let bomb = compressed([UInt8](repeating: 65, count: 10_000_000))
    #expect(bomb.count < 20_000)
    #expect(inflate(bomb, 4_096) == nil)
    #expect(inflate(compressed([UInt8](repeating: 65, count: 4_097)), 4_096) == nil)
  }

  @Test func truncatedOrDamagedDataIsDetected() {
    let whole = compressed(Array("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n".utf8))
    for length in 0..<whole.count { #expect(inflate(Array(whole[..<length]), 4_096) == nil) }
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 0x55
      #expect(inflate(damaged, 4_096) != inflate(whole, 4_096))
    }
  }

  /// Some senders compress only the part after the payload type, and others all of it.
  @Test(arguments: [true, false]) func anAnnouncement(behindItsType: Bool) throws {
    let sdp = Array("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=x\r\nt=0 0\r\n".utf8)
    let type = Array("application/sdp\0".utf8)
    let header: [UInt8] = [0x21, 0, 0, 7, 10, 0, 0, 1]
    let bytes = header + (behindItsType ? type + compressed(sdp) : compressed(type + sdp))
    #expect(try SAPPacket(parsing: bytes, inflate: Inflation.inflate).payload == sdp)
  }
}
