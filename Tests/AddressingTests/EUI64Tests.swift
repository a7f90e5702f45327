// SPDX-License-Identifier: MIT
import Addressing
import Testing

@Suite("EUI64: the identity of a clock")
struct EUI64Tests {
  private let identity = EUI64(0x001D_C1FF_FE12_34A6)

  @Test(
    "Dashes, upper and lower case, and six-byte addresses are accepted",
    arguments: [
      "00-1D-C1-FF-FE-12-34-A6", "00-1d-c1-ff-fe-12-34-a6", "001DC1FFFE1234A6", "001dc1fffe1234a6",
      "00-1D-C1-12-34-A6", "001DC11234A6",
    ])
  func read(text: String) {
    #expect(EUI64(text) == identity)
  }

  @Test(
    "Other notations are refused",
    arguments: [
      "", "-", "00", "00-1D", "00-1D-C1-FF-FE-12-34", "00-1D-C1-FF-FE-12-34-A6-00",
      "00-1D-C1-FF-FE-12-34-A6-", "-00-1D-C1-FF-FE-12-34-A6", "0-01D-C1-FF-FE-12-34-A6",
      "001D-C1FF-FE12-34A6", "00:1D:C1:FF:FE:12:34:A6", " 00-1D-C1-FF-FE-12-34-A6",
      // Spellings that the standard library's integer parsers accept.
      "+5-1D-C1-FF-FE-12-34-A6", "00-1D-C1-FF-FE-12-34-+5", "+01DC1FFFE1234A6", "+01DC11234A6",
      "-01DC1FFFE1234A6", "0x1DC1FFFE1234A6", "00-1D-C1-FF-FE-12-34-\u{FF11}",
      "00-1G-C1-FF-FE-12-34-A6",
    ])
  func refused(text: String) {
    #expect(EUI64(text) == nil)
  }

  @Test("The description of an identity is parsed to the same identity")
  func written() {
    #expect(identity.description == "00-1D-C1-FF-FE-12-34-A6")
    for bits in [0, 1, 0x0123_4567_89AB_CDEF, .max] as [UInt64] {
      #expect(EUI64(EUI64(bits).description) == EUI64(bits))
    }
  }

  @Test("An Ethernet address gets FF-FE in its middle")
  func ethernet() {
    #expect(EUI64(ethernetAddress: 0x001D_C112_34A6) == identity)
    #expect(EUI64.text(ofEthernetAddress: 0x001D_C112_34A6) == "00-1D-C1-12-34-A6")
  }

  @Test("The first byte decides the order")
  func order() {
    #expect(EUI64(0x0100_0000_0000_0000) > EUI64(0x00FF_FFFF_FFFF_FFFF))
    #expect(EUI64.all > identity)
  }
}
