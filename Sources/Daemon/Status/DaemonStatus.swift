// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Everything that `status.json` says.
public struct DaemonStatus: Encodable, Equatable, Sendable {
  public struct Interface: Encodable, Equatable, Sendable {
    public var name: String
    public var index: UInt32
    public var address: String

    init(_ interface: NetworkInterface, _ address: IPv4Address) {
      name = interface.name
      index = interface.index
      self.address = address.description
    }
  }

  public struct Clock: Encodable, Equatable, Sendable {
    /// As `ClockState` in words: `free-running`, `acquiring`, `locked`, `holdover`, `grandmaster`.
    public var state: String
    /// Now.
    public var deviceFrame: Int64
    /// Media frame = device frame + this.
    public var mediaOffset: Int64
    public var rateDivisor: Int64
  }

  public var version: String
  /// Empty for the default one.
  public var instance: String
  /// Nil while there is none to use.
  public var interface: Interface?
  public var realTime: RealTimeStatus
  public var clock: Clock
  /// Nil while PTP is off or has no network yet.
  public var ptp: PTPStatus?
  public var senders: [SenderStatus]
  public var receivers: [ReceiverStatus]
  public var clients: [ClientStatus]

  private enum CodingKeys: CodingKey {
    case version, instance, interface, realTime, clock, ptp, senders, receivers, clients
  }

  /// By hand, so that every key is always there: `"interface": null` is an answer, too.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(version, forKey: .version)
    try container.encode(instance, forKey: .instance)
    try container.encode(interface, forKey: .interface)
    try container.encode(realTime, forKey: .realTime)
    try container.encode(clock, forKey: .clock)
    try container.encode(ptp, forKey: .ptp)
    try container.encode(senders, forKey: .senders)
    try container.encode(receivers, forKey: .receivers)
    try container.encode(clients, forKey: .clients)
  }
}
