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
