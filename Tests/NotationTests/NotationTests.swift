// SPDX-License-Identifier: MIT
import MediaClock
import Notation
import Testing

@Suite("Numbers that consist of digits")
struct StrictNumbersTests {
  @Test(
    "Digits are parsed as a number",
    arguments: [("0", 0), ("5", 5), ("007", 7), ("5004", 5004), ("9223372036854775807", Int.max)])
  func decimal(text: String, expected: Int) {
    #expect(Int(decimal: text) == expected)
    #expect(Int(decimal: text[...]) == expected)
  }

  @Test(
    "Other texts are refused",
    arguments: [
      "", "+5", "-5", "-0", " 5", "5 ", "5\n", "5.0", "5,0", "1e3", "0x10", "1_000", "a", "٥", "５",
      "²",
      "5\u{301}", "5\u{0}", "9223372036854775808", "99999999999999999999",
    ])
  func notDecimal(text: String) { #expect(Int(decimal: text) == nil) }

  @Test("Numbers outside the range of the type are refused")
  func limits() {
    #expect(UInt8(decimal: "255") == 255)
    #expect(UInt8(decimal: "256") == nil)
    #expect(Int8(decimal: "127") == 127)
    #expect(Int8(decimal: "128") == nil)
    #expect(UInt16(decimal: "65536") == nil)
    #expect(UInt64(decimal: "18446744073709551615") == .max)
    #expect(UInt64(decimal: "18446744073709551616") == nil)
    #expect(Int8(hexadecimal: "7f") == 127)
    #expect(Int8(hexadecimal: "80") == nil)
  }

  @Test("A minus is accepted only in signed numbers, and a plus never")
  func signed() {
    #expect(Int(signedDecimal: "-3") == -3)
    #expect(Int(signedDecimal: "3") == 3)
    #expect(Int8(signedDecimal: "-128") == -128)
    for text in ["", "-", "+3", "--3", "- 3", "-+3", "-3 ", "-٣", "-129"] {
      #expect(Int8(signedDecimal: text) == nil, "\(text)")
    }
    #expect(UInt8(signedDecimal: "-1") == nil)
  }

  @Test("Hexadecimal digits have either case, and no prefix or sign")
  func hexadecimal() {
    #expect(UInt8(hexadecimal: "fF") == 255)
    #expect(UInt64(hexadecimal: "001DC1FFFE1200A4") == 0x001D_C1FF_FE12_00A4)
    for text in ["", "+f", "-f", "0x1", "g", "1 ", "+", "ｆ"] {
      #expect(UInt8(hexadecimal: text) == nil, "\(text)")
    }
    #expect(UInt8(hexadecimal: "100") == nil)
  }
}

@Suite("Times with their unit")
struct TimesTests {
  @Test(
    "A number with a unit is parsed to exact nanoseconds",
    arguments: [
      ("250us", 250_000), ("333us", 333_000), ("3ms", 3_000_000), ("1.5ms", 1_500_000),
      ("0.125ms", 125_000), ("0.000001ms", 1), ("0.001us", 1), ("1.250\u{B5}s", 1250),
      ("1\u{3BC}s", 1000), ("0ms", 0), ("86400000ms", 86_400_000_000_000), ("007ms", 7_000_000),
    ])
  func times(text: String, nanoseconds: Int64) {
    #expect(Interval(configured: text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "Other texts are refused",
    arguments: [
      "", "ms", "5", "5s", "5 ms", " 5ms", "5ms ", "+5ms", "-5ms", ".5ms", "5.ms", "1.2.3ms",
      "1,5ms",
      "1.+5ms", "1.-5ms", "٥ms", "0.0001us", "0.0000001ms", "86400001ms", "86400000.1ms",
      "1234567890ms",
      "99999999999999999999ms", "1e3ms", "0x1ms", "5MS",
    ])
  func notTimes(text: String) { #expect(Interval(configured: text) == nil) }
}

@Suite("Text for display")
struct PrintableTests {
  @Test(
    "Characters that act on a terminal, a log or the writing direction are replaced",
    arguments: [
      ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\nb\rc", "a\u{FFFD}b\u{FFFD}c"), ("a\tb", "a b"),
      ("\u{0}\u{7F}\u{9B}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("a\u{202E}b\u{2066}", "a\u{FFFD}b\u{FFFD}"),
      ("a\u{200E}\u{200F}\u{61C}", "a\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("\u{2028}\u{2029}", "\u{FFFD}\u{FFFD}"), ("a\u{200B}b\u{FEFF}", "a\u{FFFD}b\u{FFFD}"),
      ("a\u{AD}b\u{2060}", "a\u{FFFD}b\u{FFFD}"), ("\u{E0041}", "\u{FFFD}"),
      ("\u{FFF9}", "\u{FFFD}"), ("\u{206A}", "\u{FFFD}"),
    ])
  func replaced(text: String, expected: String) { #expect(text.printable == expected) }

  @Test(
    "Ordinary text is unchanged",
    arguments: [
      "", "Stage left", "~!\"\\", "Bühne 1", "Ω µ", "日本語", "می\u{200C}خواهم", "👩\u{200D}🎤",
      "e\u{301}",
      "\u{FFFD}", "שלום", "\u{A0}",
    ])
  func kept(text: String) { #expect(text.printable == text) }

  @Test("All control characters of ASCII and Latin-1 are harmful")
  func controls() {
    for value in UInt32(0)...0x9F {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(scalar.isHarmful == (value < 0x20 || value >= 0x7F), "\(value)")
    }
  }
}

@Suite("Names from any source (assault F9, F11)")
struct NameTests {
  private static let emoji = String(repeating: "\u{1F469}\u{200D}\u{1F467}", count: 64)

  @Test("Both bytes and characters are limited")
  func limits() {
    #expect(String(repeating: "a", count: 64).fitsName)
    #expect(!String(repeating: "a", count: 65).fitsName)
    #expect(!("a" + String(repeating: "\u{301}", count: 20_000)).fitsName)
    #expect(!Self.emoji.fitsName && Self.emoji.count == 64)
    #expect(String(repeating: "\u{20AC}", count: 64).fitsName)
  }

  @Test(
    "A name is truncated, and harmful characters are removed",
    arguments: [
      "a" + String(repeating: "\u{301}", count: 20_000), emoji, String(repeating: "x", count: 999),
      "Stage\u{202E}left\u{2028}\u{0}\u{1B}[31m", "",
    ])
  func cut(text: String) {
    let name = text.asName
    #expect(name.fitsName && !name.unicodeScalars.contains { $0.isHarmful })
    #expect(name.asName == name)
  }

  @Test("A valid name is unchanged")
  func whole() {
    for name in ["Stage left", "B\u{FC}hne \u{1F469}\u{200D}\u{1F467}", "-"] {
      #expect(name.asName == name)
    }
  }

  @Test("A list is abbreviated after five lines (assault F10)")
  func firstFew() {
    let lines = (1...3000).map { "line \($0)" }
    #expect(lines.firstFew.count == 6 && lines.firstFew.last == "and 2995 more")
    #expect(lines.prefix(5).map(\.self).firstFew == Array(lines.prefix(5)))
    #expect([String]().firstFew.isEmpty)
  }

  @Test(arguments: [
    ("Stage left", "'Stage left'"), ("Tom's mic", "'Tom'\\''s mic'"), ("$(reboot)", "'$(reboot)'"),
    // For Swift a quote with a combining mark is one character, for the shell it is a quote.
    ("a'\u{301}b", "'a'\\''\u{301}b'"),
  ])
  func shellWords(text: String, word: String) {
    #expect(text.shellWord == word)
  }
}
