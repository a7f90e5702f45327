// SPDX-License-Identifier: MIT
internal import Notation

/// The relation of RTP timestamps to the reference clock: `a=mediaclk` (RFC 7273, 5; CLK-03, CLK-05).
public enum MediaClockAttribute: Hashable, Sendable {
  /// Timestamp = media clock + offset. The rate is a fraction; PCM's is 1/1 and not written.
  case direct(offset: UInt32, numerator: UInt32 = 1, denominator: UInt32 = 1)
  /// The sender's own clock, without relation to any other.
  case sender
  /// Any other value, unchanged.
  case other(String)

  /// Parses the value of the attribute.
  public init(_ value: String) {
    var words = Text.words(value)
    if words.first?.lowercased().hasPrefix("id=") == true { words.removeFirst() }
    guard let first = words.first else {
      self = .other(value)
      return
    }
    if first.lowercased() == "sender" {
      self = .sender
      return
    }
    let (kind, number) = Text.halves(first, at: "=") ?? (first, "0")
    guard kind.lowercased() == "direct", let offset = UInt64(decimal: number) else {
      self = .other(value)
      return
    }
    // Offsets are added modulo 2^32, so that greater values mean the same.
    let wrapped = UInt32(truncatingIfNeeded: offset)
    guard let rate = words.dropFirst().first(where: { $0.hasPrefix("rate=") }) else {
      self = .direct(offset: wrapped)
      return
    }
    let (above, below) =
      Text.halves(String(rate.dropFirst(5)), at: "/") ?? (String(rate.dropFirst(5)), "1")
    guard let numerator = UInt32(decimal: above), let denominator = UInt32(decimal: below),
      numerator > 0, denominator > 0
    else {
      self = .other(value)
      return
    }
    self =
      numerator == denominator
      ? .direct(offset: wrapped)
      : .direct(offset: wrapped, numerator: numerator, denominator: denominator)
  }

  /// The same for a stream of this rate in hertz: some senders write the rate itself instead of a correction to
  /// it.
  func normalised(forRate rate: Int) -> MediaClockAttribute {
    guard case .direct(let offset, let numerator, 1) = self, Int(numerator) == rate
    else { return self }
    return .direct(offset: offset)
  }

  public var value: String {
    switch self {
    case .direct(let offset, let numerator, let denominator) where numerator == denominator:
      "direct=\(offset)"
    case .direct(let offset, let numerator, let denominator):
      "direct=\(offset) rate=\(numerator)/\(denominator)"
    case .sender: "sender"
    case .other(let text): text
    }
  }
}
