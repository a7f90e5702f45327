// SPDX-License-Identifier: MIT
internal import Notation

/// A line that is kept without being interpreted: `u=`, `e=`, `p=`, `b=`, `t=`, `r=`, `z=` or `k=`.
public struct KeptLine: Hashable, Sendable {
  public var kind: Character
  public var value: String

  public init(_ kind: Character, _ value: String) {
    self.kind = kind
    self.value = value
  }

  /// The kinds of lines of each place; lines of one place stay together, in their original order.
  static let places = ["uep", "b", "tr", "z", "k"]
}

extension [KeptLine] {
  func ofKinds(_ kinds: String) -> [KeptLine] { filter { kinds.contains($0.kind) } }

  /// The lines in the order of the standard (RFC 4566, 5).
  var inOrder: [KeptLine] { KeptLine.places.flatMap { ofKinds($0) } }
}

/// A session in SDP (RFC 4566): the lines in order, with the relevant parts parsed. A parsed text is written
/// the same again, except for line ends and for the order of lines where the standard defines it.
public struct SessionDescription: Hashable, Sendable {
  public var origin: Origin
  /// The name as written; `-` if there is none.
  public var name: String
  public var information: String?
  public var connection: Connection?
  public var kept: [KeptLine]
  public var attributes: [Attribute]
  public var media: [MediaDescription]

  public init(
    origin: Origin, name: String, connection: Connection? = nil, attributes: [Attribute] = [],
    media: [MediaDescription] = []
  ) {
    self.origin = origin
    self.name = name
    self.connection = connection
    kept = [KeptLine("t", "0 0")]
    self.attributes = attributes
    self.media = media
  }
}

/// One `m=` line and the lines that belong to it (RFC 4566, 5.14).
public struct MediaDescription: Hashable, Sendable {
  /// `audio`, `video`, …
  public var kind: String
  public var port: UInt16
  /// The number of consecutive ports, if there are several.
  public var portCount: Int?
  /// `RTP/AVP`.
  public var transport: String
  /// The RTP payload types as text, because other transports have other formats here.
  public var formats: [String]
  public var information: String?
  public var connections: [Connection]
  public var kept: [KeptLine]
  public var attributes: [Attribute]
  public var line: SourceLine

  public init(audioOn port: UInt16, payloadType: UInt8) {
    kind = "audio"
    self.port = port
    transport = "RTP/AVP"
    formats = [String(payloadType)]
    connections = []
    kept = []
    attributes = []
    line = SourceLine()
  }

  static let form = "KIND PORT TRANSPORT FORMAT…"

  /// Parses the value of `m=`.
  init?(_ value: String, line: SourceLine) {
    let words = Text.words(value)
    guard words.count >= 4 else { return nil }
    let ports = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard ports.count <= 2, let port = UInt16(decimal: ports[0]) else { return nil }
    if ports.count == 2 {
      guard let count = Int(decimal: ports[1]), (1...65_536).contains(count) else { return nil }
      portCount = count
    }
    kind = words[0]
    self.port = port
    transport = words[2]
    formats = Array(words[3...])
    connections = []
    kept = []
    attributes = []
    self.line = line
  }

  /// The value of `m=`.
  var value: String {
    let ports = portCount.map { "\(port)/\($0)" } ?? "\(port)"
    return "\(kind) \(ports) \(transport) \(formats.joined(separator: " "))"
  }
}
