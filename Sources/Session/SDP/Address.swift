// SPDX-License-Identifier: MIT
public import Addressing
internal import Notation

/// An address in SDP, `IN IP4 239.69.1.1`: IPv4, which we can use, or IPv6 or a host name, which we can only
/// show (RFC 4566, 5.2).
public struct HostAddress: Hashable, Sendable, CustomStringConvertible {
  /// `IP4` or `IP6`.
  public var type: String
  public var text: String

  public init(_ address: IPv4Address) {
    type = "IP4"
    text = address.description
  }

  /// Parses the words after `IN`; nil for an unknown type.
  init?(type: String, text: String) {
    guard type == "IP4" || type == "IP6", !text.isEmpty else { return nil }
    self.type = type
    self.text = text
  }

  /// The IPv4 address; nil for IPv6 and for names.
  public var ip4: IPv4Address? { type == "IP4" ? IPv4Address(text) : nil }

  public var description: String { text }
}

/// The destination of media, the line `c=` (RFC 4566, 5.7).
public struct Connection: Hashable, Sendable {
  public var address: HostAddress
  /// The time to live. IPv4 multicast always has it; unicast and IPv6 never do.
  public var timeToLive: UInt8?
  /// The number of consecutive groups, if there are several.
  public var groups: Int?

  public init(_ address: IPv4Address, timeToLive: UInt8?) {
    self.address = HostAddress(address)
    self.timeToLive = timeToLive
  }

  static let form = "IN IP4 ADDRESS/TTL"

  /// Parses the value of `c=`.
  init?(_ value: String) {
    let words = Text.words(value)
    guard words.count == 3, words[0] == "IN" else { return nil }
    let parts = words[2].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let address = HostAddress(type: words[1], text: parts[0]) else { return nil }
    self.address = address
    var numbers = parts.dropFirst()
    if address.type == "IP4", let text = numbers.first {
      guard let value = UInt8(decimal: text) else { return nil }
      timeToLive = value
      numbers.removeFirst()
    }
    if let text = numbers.first {
      guard let value = Int(decimal: text), (1...65_536).contains(value) else { return nil }
      groups = value
      numbers.removeFirst()
    }
    guard numbers.isEmpty else { return nil }
  }

  /// Parses the value of `c=`, ignoring everything after the address.
  init?(withoutSuffix value: String) {
    let words = Text.words(value)
    guard words.count >= 3, words[0] == "IN",
      let text = words[2].split(separator: "/", omittingEmptySubsequences: false).first,
      let address = HostAddress(type: words[1], text: String(text))
    else { return nil }
    self.address = address
  }

  /// The value of `c=`.
  var value: String {
    var value = "IN \(address.type) \(address.text)"
    if let timeToLive { value += "/\(timeToLive)" }
    if let groups { value += "/\(groups)" }
    return value
  }
}
