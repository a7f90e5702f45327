// SPDX-License-Identifier: MIT

/// A sender to publish, or what to change of one. What is nil keeps its value, or takes the default.
public struct SenderRequest: Codable, Equatable, Sendable {
  public var name: String?
  /// A multicast group, or one receiver; a free group of this host's by default.
  public var address: String?
  public var port: Int?
  public var channels: Int?
  /// Counts from 1; by default the first block that no other sender carries.
  public var firstChannel: Int?
  public var packetTimeMicroseconds: Int?
  public var payloadType: Int?
  public var enabled: Bool?

  public init(
    name: String? = nil, address: String? = nil, port: Int? = nil, channels: Int? = nil,
    firstChannel: Int? = nil, packetTimeMicroseconds: Int? = nil, payloadType: Int? = nil,
    enabled: Bool? = nil
  ) {
    self.name = name
    self.address = address
    self.port = port
    self.channels = channels
    self.firstChannel = firstChannel
    self.packetTimeMicroseconds = packetTimeMicroseconds
    self.payloadType = payloadType
    self.enabled = enabled
  }

  private enum CodingKeys: CodingKey, CaseIterable {
    case name, address, port, channels, firstChannel, packetTimeMicroseconds, payloadType, enabled
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    address = try values.decodeIfPresent(String.self, forKey: .address)
    port = try values.decodeIfPresent(Int.self, forKey: .port)
    channels = try values.decodeIfPresent(Int.self, forKey: .channels)
    firstChannel = try values.decodeIfPresent(Int.self, forKey: .firstChannel)
    packetTimeMicroseconds = try values.decodeIfPresent(Int.self, forKey: .packetTimeMicroseconds)
    payloadType = try values.decodeIfPresent(Int.self, forKey: .payloadType)
    enabled = try values.decodeIfPresent(Bool.self, forKey: .enabled)
  }
}

/// A receiver to add, or what to change of one. What is nil keeps its value, or takes the default.
public struct ReceiverRequest: Codable, Equatable, Sendable {
  public var name: String?
  /// A multicast group, or our own address; a new receiver must have it.
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
  public var linkOffsetMicroseconds: Int?
  /// `media-clock` or `arrival`.
  public var alignment: String?
  public var timestampOffset: UInt32?
  public var enabled: Bool?

  public init(
    name: String? = nil, address: String? = nil, port: Int? = nil, source: String? = nil,
    encoding: String? = nil, channels: Int? = nil, firstChannel: Int? = nil,
    payloadType: Int? = nil, linkOffsetMicroseconds: Int? = nil, alignment: String? = nil,
    timestampOffset: UInt32? = nil, enabled: Bool? = nil
  ) {
    self.name = name
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
  }

  private enum CodingKeys: CodingKey, CaseIterable {
    case name, address, port, source, encoding, channels, firstChannel, payloadType
    case linkOffsetMicroseconds, alignment, timestampOffset, enabled
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
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
  }
}

extension Decoder {
  /// A container with no other keys than these: a misspelt one would be ignored silently.
  func strictContainer<Key: CodingKey & CaseIterable>(
    _ keys: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = keys.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath + [key],
          debugDescription: "unknown key; allowed: \(known.joined(separator: ", "))"))
    }
    return try container(keyedBy: keys)
  }
}

/// A key of whatever name.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
