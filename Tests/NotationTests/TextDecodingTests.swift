// SPDX-License-Identifier: MIT
import Notation
import Testing

@Suite("Text as people save it (field case 15)")
struct TextDecodingTests {
  private static let text = "v=0\r\ns=Bühne 音\r\n"

  private static func units(_ text: String, isBigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      isBigEndian
        ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  @Test("Every encoding is the same text, with its mark and without")
  func encodings() {
    let marked = "\u{FEFF}" + Self.text
    #expect(String(decodingText: Array(Self.text.utf8)) == Self.text)
    #expect(String(decodingText: Array(marked.utf8)) == Self.text)
    for isBigEndian in [false, true] {
      #expect(String(decodingText: Self.units(Self.text, isBigEndian: isBigEndian)) == Self.text)
      #expect(String(decodingText: Self.units(marked, isBigEndian: isBigEndian)) == Self.text)
    }
  }

  @Test("What is not UTF-8 is Latin-1, and only in its own line")
  func latin() {
    let bytes = Array("s=B".utf8) + [0xFC] + Array("hne\ni=Bühne\n".utf8)
    #expect(String(decodingText: bytes) == "s=Bühne\ni=Bühne\n")
    #expect(String(decodingText: [0xE9]) == "é")
  }

  @Test(
    "Whatever comes is some text",
    arguments: [
      [], [0xFF], [0xFE, 0xFF], [0xFF, 0xFE, 0x41], [0xEF, 0xBB], [0, 0x41, 0], [0x41, 0, 0xD8],
      [0, 0],
    ] as [[UInt8]])
  func anything(bytes: [UInt8]) {
    #expect(String(decodingText: bytes).utf8.count <= 3 * bytes.count)
  }
}
