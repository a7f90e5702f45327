// SPDX-License-Identifier: MIT

/// One network interface of this host, whether or not streams use it.
public struct InterfaceStatus: Codable, Equatable, Sendable {
  public var name: String
  public var index: UInt32
  /// `wired`, `wireless`, `virtual` or `loopback`: the last three are doubtful for audio.
  public var kind: String
  /// IPv4, in the order in which packets leave with them.
  public var addresses: [String]
  /// Such as `02:00:00:00:00:01`; nil where it has none.
  public var hardwareAddress: String?
  /// Whether it is switched on.
  public var isUp: Bool
  /// Whether its cable, or what stands for it, leads somewhere.
  public var hasCarrier: Bool
  /// In Mbit/s; nil without a link, or where the driver does not say.
  public var speedMegabits: Int?
  /// `full` or `half`; nil where the driver does not say.
  public var duplex: String?
  /// Whether streams use it now.
  public var isUsed: Bool
  /// Why streams cannot use it; nil where they can.
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
