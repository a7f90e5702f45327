// SPDX-License-Identifier: MIT

/// An EUI-64, the identity of a PTP clock (IEEE 1588-2008, 7.5.2.2). Ordered bytewise, as elections need it.
public struct EUI64: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  public var bits: UInt64

  public init(_ bits: UInt64) { self.bits = bits }

  /// Makes an EUI-64 of a 48-bit Ethernet address: FF FE is inserted in the middle, and no bit is inverted
  /// (MSG-04).
  public init(ethernetAddress address: UInt64) {
    bits = (address >> 24 & 0xFF_FFFF) << 40 | 0xFFFE << 24 | address & 0xFF_FFFF
  }

  /// Parses 8 bytes of two hexadecimal digits each, in upper or lower case, all joined by dashes or none; or
  /// the 6 bytes of an Ethernet address.
  public init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.allSatisfy({ $0.count == 2 }) else { return nil }
    var bits: UInt64 = 0
    var digits = 0
    for digit in parts.joined() {
      guard digits < 16, let value = Self.value(ofDigit: digit) else { return nil }
      bits = bits << 4 | value
      digits += 1
    }
    switch digits {
    case 16: self.init(bits)
    case 12: self.init(ethernetAddress: bits)
    default: return nil
    }
  }

  /// The value of a hexadecimal digit; nil for anything else, also for signs and digits of other scripts.
  private static func value(ofDigit digit: UInt8) -> UInt64? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(digit - UInt8(ascii: "A")) + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - UInt8(ascii: "a")) + 10
    default: nil
    }
  }

  public static let all = EUI64(.max)

  public static func < (left: EUI64, right: EUI64) -> Bool { left.bits < right.bits }

  /// The notation of SDP: `00-1D-C1-FF-FE-12-34-56`.
  public var description: String { Self.text(bits, byteCount: 8) }

  /// An Ethernet address in the same notation: `00-1D-C1-12-34-56`.
  public static func text(ofEthernetAddress address: UInt64) -> String {
    text(address, byteCount: 6)
  }

  private static func text(_ bits: UInt64, byteCount: Int) -> String {
    stride(from: 8 * (byteCount - 1), through: 0, by: -8).map { shift in
      let byte = String(bits >> UInt64(shift) & 0xFF, radix: 16, uppercase: true)
      return byte.utf8.count == 1 ? "0" + byte : byte
    }.joined(separator: "-")
  }
}
