// SPDX-License-Identifier: MIT
public import MediaClock
internal import Notation

/// The packet time: its duration, `a=ptime:0.125`, or its number of frames, `a=framecount:6`.
///
/// The decimals of ptime are not exact for 1/3 ms, so that the number of frames is the rounded result (AES67,
/// 8.1; SDP-03).
public enum PacketTimeAttribute {
  static let form = "MILLISECONDS, such as 1 or 0.125"

  /// Parses the value of `ptime` in nanoseconds; nil if it is not a decimal number of at most a second.
  ///
  /// It should be in milliseconds, with a point and without a unit. Some tools write a unit or a comma. Some
  /// mean microseconds: values above 100, because no packets last 100 ms. Some mean seconds: values below a
  /// hundredth, because no packets last 10 µs.
  public static func interval(_ value: String) -> Interval? {
    let text = Text.trimmed(value)
    let units: [(suffix: String, perMillisecond: Int64)] = [
      ("ms", 1), ("us", 1_000), ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000),
    ]
    if let unit = units.first(where: { text.lowercased().hasSuffix($0.suffix) }) {
      guard let number = nanoseconds(inMilliseconds: Text.trimmed(text.dropLast(2)))
      else { return nil }
      return Interval(nanoseconds: number / unit.perMillisecond)
    }
    guard var number = nanoseconds(inMilliseconds: text) else { return nil }
    if number >= 100_000_000 { number /= 1_000 }
    if number < 10_000 { number *= 1_000 }
    return Interval(nanoseconds: number)
  }

  /// Parses a decimal number; nil for other texts, or for more than a thousand seconds.
  private static func nanoseconds(inMilliseconds text: String) -> Int64? {
    let point: Unicode.Scalar = text.utf8.contains(UInt8(ascii: ",")) ? "," : "."
    let (whole, decimals) = Text.halves(text, at: point) ?? (text, "")
    guard !whole.isEmpty || !decimals.isEmpty,
      decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let units = whole.isEmpty ? 0 : Int64(decimal: whole), units <= 1_000_000
    else { return nil }
    var nanoseconds = units * 1_000_000
    var weight: Int64 = 100_000
    // Digits below a nanosecond are ignored.
    for digit in decimals.utf8.prefix(6) {
      nanoseconds += Int64(digit - 0x30) * weight
      weight /= 10
    }
    return nanoseconds
  }

  /// The number of frames of `ptime` at a rate in hertz; nil for less than one.
  public static func frames(_ value: String, rate: Int) -> Int? {
    guard let interval = interval(value), rate > 0 else { return nil }
    let frames = SampleRate(hertz: Int64(rate)).frames(in: interval)
    return frames > 0 ? Int(frames) : nil
  }

  /// The value of `ptime` for so many frames, exact to three decimals and without trailing zeros; 1/3 ms is
  /// 0.333.
  public static func value(frames: Int, rate: Int) -> String {
    guard frames > 0, rate > 0 else { return "1" }
    let nanoseconds = SampleRate(hertz: Int64(rate)).interval(of: Int64(frames)).nanoseconds
    let microseconds = (nanoseconds + 500) / 1_000
    var decimals = String(microseconds % 1_000 + 1_000).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    let whole = "\(microseconds / 1_000)"
    return decimals.isEmpty ? whole : "\(whole).\(decimals)"
  }

  /// The frames that `framecount` allows: one number, or a range such as 64-192 (SDP-12).
  public static func frameCounts(_ value: String) -> ClosedRange<Int>? {
    if let (first, last) = Text.halves(value, at: "-") {
      guard let minimum = Int(decimal: first), let maximum = Int(decimal: last),
        minimum > 0, minimum <= maximum
      else { return nil }
      return minimum...maximum
    }
    guard let count = Int(decimal: value), count > 0 else { return nil }
    return count...count
  }
}
