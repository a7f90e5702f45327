// SPDX-License-Identifier: MIT
public import Addressing
internal import Notation

/// The identity of a session, which stays the same while its description changes (RFC 4566, 5.2; SAP-06).
public struct SessionIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The announcing host, and the destination of the first stream.
  public struct Place: Hashable, Sendable {
    public var source: IPv4Address
    /// The destination, such as `239.69.1.1:5004`; empty without a stream.
    public var destination: String

    public init(source: IPv4Address, destination: String) {
      self.source = source
      self.destination = destination
    }
  }

  public var user: String
  public var identifier: String
  public var address: HostAddress
  /// The place; nil if the line `o=` alone identifies the session.
  public var place: Place?

  public init(user: String, identifier: String, address: HostAddress, place: Place? = nil) {
    self.user = user
    self.identifier = identifier
    self.address = address
    self.place = place
  }

  /// The identity by the line `o=` alone.
  public var origin: SessionIdentity {
    SessionIdentity(user: user, identifier: identifier, address: address)
  }

  public var description: String {
    let origin = "\(user) \(identifier) \(address)"
    return place.map { "\(origin) to \($0.destination) from \($0.source)" } ?? origin
  }
}

/// The creator and the version of a session: the line `o=` (RFC 4566, 5.2).
public struct Origin: Hashable, Sendable {
  public var user: String
  /// The session identifier. By the standard, and in our descriptions, it is decimal; that of others is only
  /// compared.
  public var identifier: String
  /// The version, which increases with every change of the description (SDP-01).
  public var version: UInt64
  public var address: HostAddress

  public init(user: String = "-", identifier: UInt64, version: UInt64, address: HostAddress) {
    self.user = user
    self.identifier = String(identifier)
    self.version = version
    self.address = address
  }

  static let form = "USER SESSION VERSION IN IP4 ADDRESS"

  /// Parses the value of `o=`. Some devices have spaces in the user name, so that it is parsed from the end.
  init?(_ value: String) {
    let words = Text.words(value)
    guard words.count >= 6 else { return nil }
    let tail = Array(words.suffix(5))
    guard tail[2] == "IN", let version = Self.version(tail[1]),
      let address = HostAddress(type: tail[3], text: tail[4])
    else { return nil }
    user = words.dropLast(5).joined(separator: " ")
    identifier = tail[0]
    self.version = version
    self.address = address
  }

  /// The origin of a description whose line `o=` is missing or unreadable.
  static let unknown = Origin(identifier: 0, version: 0, address: HostAddress(.any))

  /// Parses a version. One of more than 64 bits becomes the maximum, because only the order of versions counts.
  private static func version(_ text: String) -> UInt64? {
    if let value = UInt64(decimal: text) { return value }
    let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? .max : nil
  }

  /// Returns true if other sessions are likely to have the same origin: a program's constant, such as ffmpeg's
  /// `- 0 0 IN IP4 127.0.0.1`.
  var isCommon: Bool {
    if identifier.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return true }
    if let ip4 = address.ip4 { return ip4 == .any || ip4.isLoopback }
    return ["localhost", "::", "::1"].contains(address.text.lowercased())
  }

  /// The value of `o=`.
  var value: String { "\(user) \(identifier) \(version) IN \(address.type) \(address.text)" }

  public var identity: SessionIdentity {
    SessionIdentity(user: user, identifier: identifier, address: address)
  }
}
