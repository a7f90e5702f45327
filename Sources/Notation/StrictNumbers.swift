// SPDX-License-Identifier: MIT

extension FixedWidthInteger {
  /// Parses a number that consists of the decimal digits 0 to 9 alone, such as `5004`; leading zeros are
  /// ignored.
  ///
  /// For text from users and from the network, in which a sign, a space or another script's digits are mistakes
  /// or attacks: `Int("+5")` is 5, `Int(decimal: "+5")` is nil. Nil also for an empty text, and for a number
  /// that does not fit into the type.
  public init?(decimal text: some StringProtocol) { self.init(digits: text.utf8, radix: 10) }

  /// Parses the same, with a minus before the digits of a negative number; a plus is not accepted.
  public init?(signedDecimal text: some StringProtocol) {
    if text.utf8.first == UInt8(ascii: "-") {
      self.init(digits: text.utf8.dropFirst(), radix: 10, isNegative: true)
    } else {
      self.init(digits: text.utf8, radix: 10)
    }
  }

  /// Parses a number of hexadecimal digits alone, upper or lower case, without a prefix.
  public init?(hexadecimal text: some StringProtocol) {
    self.init(digits: text.utf8, radix: 16)
  }

  private init?(digits: some Sequence<UInt8>, radix: Self, isNegative: Bool = false) {
    var value: Self = 0
    var isEmpty = true
    for byte in digits {
      guard let digit = Self.digit(byte), digit < radix else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) =
        isNegative
        ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
      isEmpty = false
    }
    if isEmpty { return nil }
    self = value
  }

  private static func digit(_ byte: UInt8) -> Self? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Self(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Self(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Self(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
