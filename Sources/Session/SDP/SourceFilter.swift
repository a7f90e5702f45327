// SPDX-License-Identifier: MIT

/// The only hosts that may send to a group, or those that may not: `a=source-filter` (RFC 4570, 3).
public struct SourceFilter: Hashable, Sendable {
  public var isExclusion: Bool
  /// `IP4`, `IP6` or `*` for both.
  public var addressType: String
  /// The group; `*` is every address of the session.
  public var destination: String
  public var sources: [String]

  public init(destination: HostAddress, source: HostAddress) {
    isExclusion = false
    addressType = destination.type
    self.destination = destination.text
    sources = [source.text]
  }

  static let form = "incl IN IP4 GROUP SOURCE…"

  /// Parses the value of the attribute. Its keywords are ABNF strings, which are case-insensitive (RFC 4570,
  /// 3).
  public init?(_ value: String) {
    let words = Text.words(value)
    guard words.count >= 5 else { return nil }
    let mode = words[0].lowercased()
    let type = words[2].uppercased()
    guard mode == "incl" || mode == "excl", words[1].uppercased() == "IN",
      ["IP4", "IP6", "*"].contains(type)
    else { return nil }
    isExclusion = mode == "excl"
    addressType = type
    destination = words[3]
    sources = Array(words[4...])
  }

  public var value: String {
    let mode = isExclusion ? "excl" : "incl"
    return "\(mode) IN \(addressType) \(destination) \(sources.joined(separator: " "))"
  }

  func concerns(_ address: HostAddress) -> Bool {
    destination == "*" || destination == address.text
  }
}
