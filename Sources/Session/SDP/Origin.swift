// SPDX-License-Identifier: MIT
internal import Notation

/// What stays the same of a session while its description changes (RFC 4566, 5.2; SAP-06).
public struct SessionIdentity: Hashable, Sendable, CustomStringConvertible {
  public var user: String
  public var identifier: String
  public var address: HostAddress

  public init(user: String, identifier: String, address: HostAddress) {
    self.user = user
    self.identifier = identifier
    self.address = address
  }

  public var description: String { "\(user) \(identifier) \(address)" }
}

/// Who made a session, and the how-manieth form of it this is: the line `o=` (RFC 4566, 5.2).
public struct Origin: Hashable, Sendable {
  public var user: String
  /// Decimal by the standard, and in ours; others' is only compared.
  public var identifier: String
  /// Grows with every change of the description (SDP-01).
  public var version: UInt64
  public var address: HostAddress

  public init(user: String = "-", identifier: UInt64, version: UInt64, address: HostAddress) {
    self.user = user
    self.identifier = String(identifier)
    self.version = version
    self.address = address
  }

  static let form = "USER SESSION VERSION IN IP4 ADDRESS"

  /// From the value of `o=`. Some devices have spaces in the user name, so it is read from the end.
  init?(_ value: String) {
    let words = Text.words(value)
    guard words.count >= 6 else { return nil }
    let tail = Array(words.suffix(5))
    guard tail[2] == "IN", let version = UInt64(decimal: tail[1]),
      let address = HostAddress(type: tail[3], text: tail[4])
    else { return nil }
    user = words.dropLast(5).joined(separator: " ")
    identifier = tail[0]
    self.version = version
    self.address = address
  }

  /// The value of `o=`.
  var value: String { "\(user) \(identifier) \(version) IN \(address.type) \(address.text)" }

  public var identity: SessionIdentity {
    SessionIdentity(user: user, identifier: identifier, address: address)
  }
}
