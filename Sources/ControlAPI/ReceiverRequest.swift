// SPDX-License-Identifier: MIT

/// A receiver to add, or what to change of one. What is nil keeps its value, or takes the default.
public struct ReceiverRequest: Codable, Equatable, Sendable {
  public var name: String?
  /// The session to receive: its name or its origin. It says address and format itself.
  public var session: String?
  /// The text of an SDP description to receive; its first stream is meant.
  public var sdp: String?
  /// A multicast group, or our own address; a new receiver must have it, a session or an SDP.
  public var address: String?
  public var port: Int?
  /// The only host that may send it; `any` for any.
  public var source: String?
  /// `L24` or `L16`.
  public var encoding: String?
  public var channels: Int?
  /// Counts from 1; by default the first block that no other receiver fills.
  public var firstChannel: Int?
  /// The only payload type that is taken; 0 for any.
  public var payloadType: Int?
  /// 0 to have it measured.
  public var linkOffsetMicroseconds: Int?
  /// `media-clock` or `arrival`.
  public var alignment: String?
  public var timestampOffset: UInt32?
  public var enabled: Bool?
  /// Whether receivers that fill the same device channels give way.
  public var replaces: Bool?

  public init(
    name: String? = nil, session: String? = nil, sdp: String? = nil, address: String? = nil,
    port: Int? = nil, source: String? = nil,
    encoding: String? = nil, channels: Int? = nil, firstChannel: Int? = nil,
    payloadType: Int? = nil, linkOffsetMicroseconds: Int? = nil, alignment: String? = nil,
    timestampOffset: UInt32? = nil, enabled: Bool? = nil,
    replaces: Bool? = nil
  ) {
    self.name = name
    self.session = session
    self.sdp = sdp
    self.address = address
    self.port = port
    self.source = source
    self.encoding = encoding
    self.channels = channels
    self.firstChannel = firstChannel
    self.payloadType = payloadType
    self.linkOffsetMicroseconds = linkOffsetMicroseconds
    self.alignment = alignment
    self.timestampOffset = timestampOffset
    self.enabled = enabled
    self.replaces = replaces
  }

  private enum CodingKeys: CodingKey, CaseIterable {
    case name, session, sdp, address, port, source, encoding, channels, firstChannel, payloadType
    case linkOffsetMicroseconds, alignment, timestampOffset, enabled, replaces
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    session = try values.decodeIfPresent(String.self, forKey: .session)
    sdp = try values.decodeIfPresent(String.self, forKey: .sdp)
    address = try values.decodeIfPresent(String.self, forKey: .address)
    port = try values.decodeIfPresent(Int.self, forKey: .port)
    source = try values.decodeIfPresent(String.self, forKey: .source)
    encoding = try values.decodeIfPresent(String.self, forKey: .encoding)
    channels = try values.decodeIfPresent(Int.self, forKey: .channels)
    firstChannel = try values.decodeIfPresent(Int.self, forKey: .firstChannel)
    payloadType = try values.decodeIfPresent(Int.self, forKey: .payloadType)
    linkOffsetMicroseconds = try values.decodeIfPresent(Int.self, forKey: .linkOffsetMicroseconds)
    alignment = try values.decodeIfPresent(String.self, forKey: .alignment)
    timestampOffset = try values.decodeIfPresent(UInt32.self, forKey: .timestampOffset)
    enabled = try values.decodeIfPresent(Bool.self, forKey: .enabled)
    replaces = try values.decodeIfPresent(Bool.self, forKey: .replaces)
  }
}
