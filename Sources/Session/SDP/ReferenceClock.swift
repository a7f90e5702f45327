// SPDX-License-Identifier: MIT
public import Addressing
internal import Notation

/// The clock that a sender's media clock follows: `a=ts-refclk` (RFC 7273, 4; SDP-05, SDP-06).
public enum ReferenceClock: Hashable, Sendable {
  /// A named grandmaster; `version` is IEEE1588-2002, -2008 or -2019.
  case ptp(version: String, grandmaster: EUI64, domain: UInt8)
  /// Any grandmaster that is traceable to a primary reference: all of these agree.
  case traceable(version: String)
  /// The sender's own clock, by hardware address.
  case localMAC(String)
  /// Any other value, unchanged.
  case other(String)

  public init(grandmaster: EUI64, domain: UInt8) {
    self = .ptp(version: "IEEE1588-2008", grandmaster: grandmaster, domain: domain)
  }

  /// Parses the value of the attribute, in every spelling that was found in the field.
  public init(_ value: String) {
    guard let (kind, rest) = Text.halves(value, at: "=") else {
      self = .other(value)
      return
    }
    switch kind.lowercased() {
    case "ptp": self = Self.ptp(Text.trimmed(rest)) ?? .other(value)
    case "localmac": self = .localMAC(Text.trimmed(rest).uppercased())
    default: self = .other(value)
    }
  }

  /// Returns true if senders use this identity while they know no grandmaster: eight equal bytes, or six that
  /// became eight by FF-FE in the middle.
  static func isUnknown(_ grandmaster: EUI64) -> Bool {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: grandmaster.bits >> (8 * UInt64(7 - $0))) }
    let isFromSix = bytes[3] == 0xFF && bytes[4] == 0xFE
    return Set(isFromSix ? bytes[..<3] + bytes[5...] : bytes[...]).count == 1
  }

  private static func ptp(_ text: String) -> ReferenceClock? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var version = "IEEE1588-2008"
    if parts[0].lowercased().hasPrefix("ieee") {
      version = parts.removeFirst().uppercased()
    }
    guard let first = parts.first else { return nil }
    if first.lowercased() == "traceable" { return .traceable(version: version) }
    guard let grandmaster = EUI64(first), parts.count <= 2 else { return nil }
    var domain: UInt8 = 0
    if parts.count == 2, !parts[1].isEmpty {
      var number = parts[1]
      if let (key, value) = Text.halves(number, at: "="), key.lowercased() == "domain-nmbr" {
        number = value
      }
      guard let value = UInt8(decimal: Text.trimmed(number)) else { return nil }
      domain = value
    }
    return .ptp(version: version, grandmaster: grandmaster, domain: domain)
  }

  /// The value as this host writes it. The domain is a bare number, because one common controller accepts
  /// nothing else.
  public var value: String {
    switch self {
    case .ptp(let version, let grandmaster, let domain): "ptp=\(version):\(grandmaster):\(domain)"
    case .traceable(let version): "ptp=\(version):traceable"
    case .localMAC(let address): "localmac=\(address)"
    case .other(let text): text
    }
  }
}
