// SPDX-License-Identifier: MIT
import Notation
import Testing

@Suite("Text in the encodings of editors (field case 15)")
struct TextDecodingTests {
  private static let text = "v=0\r\ns=Bühne 音\r\n"

  private static func units(_ text: String, isBigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      isBigEndian
        ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  @Test("Every encoding gives the same text, with a byte order mark and without")
  func encodings() {
    let marked = "\u{FEFF}" + Self.text
    #expect(String(decodingText: Array(Self.text.utf8)) == Self.text)
    #expect(String(decodingText: Array(marked.utf8)) == Self.text)
    for isBigEndian in [false, true] {
      #expect(String(decodingText: Self.units(Self.text, isBigEndian: isBigEndian)) == Self.text)
      #expect(String(decodingText: Self.units(marked, isBigEndian: isBigEndian)) == Self.text)
    }
  }

  @Test("A line that is not UTF-8 is read as Latin-1, and the other lines are not")
  func latin() {
    let bytes = Array("s=B".utf8) + [0xFC] + Array("hne\ni=Bühne\n".utf8)
    #expect(String(decodingText: bytes) == "s=Bühne\ni=Bühne\n")
    #expect(String(decodingText: [0xE9]) == "é")
  }

  @Test(
    "Any bytes give a text of bounded length",
    arguments: [
      [], [0xFF], [0xFE, 0xFF], [0xFF, 0xFE, 0x41], [0xEF, 0xBB], [0, 0x41, 0], [0x41, 0, 0xD8],
      [0, 0],
    ] as [[UInt8]])
  func anything(bytes: [UInt8]) {
    #expect(String(decodingText: bytes).utf8.count <= 3 * bytes.count)
  }
}
