// SPDX-License-Identifier: MIT
import Addressing
import Testing

@Suite struct IPv4AddressTests {
  @Test(
    arguments: [
      ("239.69.1.1", 0xEF45_0101), ("0.0.0.0", 0), ("255.255.255.255", 0xFFFF_FFFF),
      ("127.0.0.1", 0x7F00_0001),
    ] as [(String, UInt32)])
  func readsAndWrites(text: String, bits: UInt32) {
    #expect(IPv4Address(text)?.bits == bits)
    #expect(IPv4Address(bits: bits).description == text)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", ".1.2.3", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4",
    "1..2.3", "1000.1.1.1", "a.b.c.d",
  ])
  func refuses(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test func tellsMulticastUnicastAndLoopback() {
    #expect(IPv4Address(bits: 0xE000_0000).isMulticast)
    #expect(IPv4Address(bits: 0xEFFF_FFFF).isMulticast)
    #expect(!IPv4Address(bits: 0xF000_0000).isMulticast)
    #expect(!IPv4Address(bits: 0xF000_0000).isUnicast)
    #expect(!IPv4Address(bits: 0xEF45_0101).isUnicast)
    #expect(!IPv4Address.any.isUnicast)
    #expect(IPv4Address.loopback.isUnicast && IPv4Address.loopback.isLoopback)
  }
}
