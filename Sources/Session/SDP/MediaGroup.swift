// SPDX-License-Identifier: MIT

/// Media sections that belong together: `a=group:DUP one two`, with `a=mid:one` in the sections
/// (RFC 5888, 5; RFC 7104 for DUP, the duplicate streams of ST 2022-7).
public struct MediaGroup: Hashable, Sendable {
  /// `DUP`, `LS`, …
  public var semantics: String
  public var members: [String]

  public init(duplicates members: [String]) {
    semantics = "DUP"
    self.members = members
  }

  /// Parses the value of the attribute.
  public init?(_ value: String) {
    let words = Text.words(value)
    guard let first = words.first else { return nil }
    semantics = first.uppercased()
    members = Array(words.dropFirst())
  }

  public var value: String { ([semantics] + members).joined(separator: " ") }
}
