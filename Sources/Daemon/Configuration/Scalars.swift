// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import Notation

/// The kinds of single values. Text is taken as it stands: YAML's own guesses (`yes`, `0x10`,
/// `1:30`) are not.
extension MappingReader {
  func boolean(_ name: String, default fallback: Bool) -> Bool {
    value(name, expected: "true or false") { ["true": true, "false": false][$0] } ?? fallback
  }

  func text(_ name: String, default fallback: String) -> String {
    value(name, expected: "text") { $0.isEmpty ? nil : $0 } ?? fallback
  }

  func integer<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Number>, default fallback: Number
  ) -> Number {
    integer(name, in: range, or: nil) ?? fallback
  }

  /// A number, or nil for the word that stands for "no number in particular".
  func integer<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Number>, or word: String?
  ) -> Number? {
    let expected =
      "\(range.lowerBound) to \(range.upperBound)" + (word.map { " or \($0)" } ?? "")
    let found: Number?? = value(name, expected: expected) { text in
      if text == word { return .some(nil) }
      let number = range.lowerBound < 0 ? Number(signedDecimal: text) : Number(decimal: text)
      return number.flatMap { range.contains($0) ? .some($0) : nil }
    }
    return found ?? nil
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return value(name, expected: "one of \(all)") { Choice(rawValue: $0) } ?? fallback
  }

  /// An IPv4 address, or nil where there is none or the word stands for it.
  func address(_ name: String, or word: String? = nil) -> IPv4Address? {
    let expected = "an IPv4 address such as 239.69.1.1" + (word.map { " or \($0)" } ?? "")
    let found: IPv4Address?? = value(name, expected: expected) { text in
      if text == word { return .some(nil) }
      return IPv4Address(text).map { .some($0) }
    }
    return found ?? nil
  }

  func interval(_ name: String, default fallback: Interval) -> Interval {
    value(name, expected: "a time such as 250us or 1.5ms") { Interval(configured: $0) } ?? fallback
  }

  func packetTime(_ name: String, default fallback: PacketTime) -> PacketTime {
    value(name, expected: "one of 125us, 250us, 333us, 1ms, 4ms") { text in
      guard let interval = Interval(configured: text) else { return nil }
      return PacketTime(microseconds: (interval.nanoseconds + 500) / 1000)
    } ?? fallback
  }
}

extension Interval {
  /// As it would stand in the file: the shortest exact number of milliseconds or microseconds.
  var configured: String {
    nanoseconds % 1_000_000 == 0 ? "\(nanoseconds / 1_000_000)ms" : "\(nanoseconds / 1000)us"
  }
}
