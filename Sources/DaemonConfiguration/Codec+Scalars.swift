// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock
internal import Notation

// The kinds of single values. Text is used as it is, without YAML's guesses.

extension Codec where Value: FixedWidthInteger & Sendable {
  /// A decimal number within a range: digits alone, with a minus if the range has negative numbers.
  static func integer(_ range: ClosedRange<Value>, unit: String = "") -> Codec {
    let type = ValueType(
      .integer(Int(range.lowerBound)...Int(range.upperBound)), unit: unit)
    return Codec(
      type, text: { "\($0)" },
      parse: { text in
        Value(signedDecimal: text).flatMap { range.contains($0) ? $0 : nil }
      })
  }
}

extension Codec where Value == Bool {
  static var boolean: Codec {
    Codec(
      ValueType(.boolean), text: { "\($0)" }, parse: { ["true": true, "false": false][$0] })
  }
}

extension Codec where Value == String {
  /// Any text of one line.
  ///
  /// - Parameters:
  ///   - maximumLength: in bytes of UTF-8.
  ///   - expected: the allowed values, in words.
  static func text(maximumLength: Int = 255, expected: String = "text") -> Codec {
    Codec(
      ValueType(.text, expected: expected, maximumLength: maximumLength), text: { $0 },
      parse: { $0.utf8.count <= maximumLength && $0.isOneVisibleLine ? $0 : nil })
  }

  /// The name of a stream: one line of 1 to 64 characters and at most 255 bytes, not only spaces.
  static var name: Codec {
    Codec(
      ValueType(
        .text, expected: "one line of 1 to 64 characters and 255 bytes, not only spaces",
        maximumLength: String.longestName.characters),
      text: { $0 }, parse: { $0.fitsName && $0.isOneVisibleLine ? $0 : nil })
  }
}

extension String {
  /// Returns true if the text has a visible character, and none that would break a line of a log or a terminal.
  var isOneVisibleLine: Bool {
    !unicodeScalars.contains { $0.isHarmful } && contains { !$0.isWhitespace }
  }
}

extension Codec
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of the words of an enumeration.
  static var word: Codec {
    Codec(ValueType(.word(Value.allCases.map(\.rawValue))), text: \.rawValue) {
      Value(rawValue: $0)
    }
  }
}

extension Codec where Value == IPv4Address {
  /// The destination of a stream: a multicast group, or one host.
  static var streamAddress: Codec {
    Codec(
      ValueType(
        .text, expected: "a multicast group such as 239.69.1.1, or the IPv4 address of one host"),
      text: \.description
    ) { text in
      IPv4Address(text).flatMap { $0.isMulticast || $0.isUnicast ? $0 : nil }
    }
  }

  /// The address of one host.
  static var hostAddress: Codec {
    Codec(ValueType(.text, expected: "the IPv4 address of one host"), text: \.description) { text in
      IPv4Address(text).flatMap { $0.isUnicast ? $0 : nil }
    }
  }

  /// The first two bytes of multicast addresses.
  static var multicastBase: Codec {
    Codec(
      ValueType(.text, expected: "a multicast address that ends in .0.0, such as 239.69.0.0"),
      text: \.description
    ) { text in
      IPv4Address(text).flatMap { $0.isMulticast && $0.bits & 0xFFFF == 0 ? $0 : nil }
    }
  }
}

extension Codec where Value == Interval {
  /// A time with its unit, within a range.
  static func time(_ range: ClosedRange<Interval>) -> Codec {
    let type = ValueType(
      .text,
      expected: "a time from \(range.lowerBound.configured) to \(range.upperBound.configured)")
    return Codec(type, text: \.configured) { text in
      Interval(configured: text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension Codec where Value == PacketTime {
  static var packetTime: Codec {
    let all = PacketTime.all.map(\.configured)
    return Codec(ValueType(.word(all)), text: \.configured) { text in
      Interval(configured: text).flatMap {
        PacketTime(microseconds: ($0.nanoseconds + 500) / 1000)
      }
    }
  }
}
