// SPDX-License-Identifier: MIT

/// One network interface of this host, used by streams or not.
public struct InterfaceStatus: Codable, Equatable, Sendable {
  public var name: String
  public var index: UInt32
  /// The kind of interface: `wired`, `wireless`, `virtual` or `loopback`. The last three are not recommended
  /// for audio.
  public var kind: String
  /// The IPv4 addresses; packets are sent from the first one that fits.
  public var addresses: [String]
  /// The hardware address, such as `02:00:00:00:00:01`; nil if there is none.
  public var hardwareAddress: String?
  /// True if the interface is up.
  public var isUp: Bool
  /// True if the link has a carrier.
  public var hasCarrier: Bool
  /// The speed in Mbit/s; nil without a link, or if the driver does not report it.
  public var speedMegabits: Int?
  /// `full` or `half`; nil if the driver does not report it.
  public var duplex: String?
  /// True if streams use it now.
  public var isUsed: Bool
  /// The reason why streams cannot use it; nil if they can.
  public var problem: String?

  public init(
    name: String, index: UInt32, kind: String, addresses: [String], hardwareAddress: String? = nil,
    isUp: Bool, hasCarrier: Bool, speedMegabits: Int? = nil, duplex: String? = nil,
    isUsed: Bool = false, problem: String? = nil
  ) {
    self.name = name
    self.index = index
    self.kind = kind
    self.addresses = addresses
    self.hardwareAddress = hardwareAddress
    self.isUp = isUp
    self.hasCarrier = hasCarrier
    self.speedMegabits = speedMegabits
    self.duplex = duplex
    self.isUsed = isUsed
    self.problem = problem
  }
}
