// SPDX-License-Identifier: MIT

/// An IPv4 address in reading order: `239.69.1.1` is `0xEF45_0101`.
public struct IPv4Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let bits: UInt32

  public init(bits: UInt32) {
    self.bits = bits
  }

  /// Parses four numbers from 0 to 255 with points between, without leading zeros, which some programs read as
  /// octal.
  public init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
        return nil
      }
      var value: UInt32 = 0
      for digit in part {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
      }
      guard value <= 255 else { return nil }
      bits = bits << 8 | value
    }
    self.bits = bits
  }

  public static let any = IPv4Address(bits: 0)
  public static let loopback = IPv4Address(bits: 0x7F00_0001)

  public var isMulticast: Bool { bits >> 28 == 0xE }
  public var isLoopback: Bool { bits >> 24 == 127 }
  /// Returns true if it can be the address of one host: not `0.x`, multicast, reserved or broadcast.
  public var isUnicast: Bool { bits >> 24 != 0 && bits >> 28 < 0xE }

  public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }

  public var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }
}
