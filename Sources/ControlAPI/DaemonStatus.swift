// SPDX-License-Identifier: MIT

/// The content of `status.json`.
public struct DaemonStatus: Codable, Equatable, Sendable {
  public struct Interface: Codable, Equatable, Sendable {
    public var name: String
    public var index: UInt32
    public var address: String
    /// The kind of interface: `wired`, `wireless`, `virtual` or `loopback`. The last three are not recommended
    /// for audio.
    public var kind: String

    public init(name: String, index: UInt32, address: String, kind: String = "wired") {
      self.name = name
      self.index = index
      self.address = address
      self.kind = kind
    }
  }

  public struct Clock: Codable, Equatable, Sendable {
    /// The state of the clock: `free-running`, `acquiring`, `locked`, `holdover`, `grandmaster`.
    public var state: String
    /// The present device frame.
    public var deviceFrame: Int64
    /// The difference: media frame = device frame + media offset.
    public var mediaOffset: Int64
    public var rateDivisor: Int64
    /// The value of `clock.source` in the configuration: `ptp`, `system-tai`, `phc:/dev/ptp0`.
    public var source: String
    /// The accuracy of this host's own clock, which a grandmaster here announces: `free-running`, or its
    /// maximum error if a time service keeps it; nil without PTP.
    public var host: String?
    /// The clock that another program steers; nil if none is followed.
    public var external: ExternalClockStatus?
    /// The problems of the clock, the most severe first; empty if there are none.
    public var problems: [ClockProblem]

    public init(
      state: String, deviceFrame: Int64, mediaOffset: Int64, rateDivisor: Int64,
      source: String = "ptp", host: String? = nil, external: ExternalClockStatus? = nil,
      problems: [ClockProblem] = []
    ) {
      self.state = state
      self.deviceFrame = deviceFrame
      self.mediaOffset = mediaOffset
      self.rateDivisor = rateDivisor
      self.source = source
      self.host = host
      self.external = external
      self.problems = problems
    }
  }

  public var version: String
  /// The name of this host, without a domain.
  public var host: String
  /// The name of the instance; empty for the default one.
  public var instance: String
  /// The interface that streams use; nil while there is none.
  public var interface: Interface?
  /// The reason why there is no interface, and the event that the daemon waits for; nil while there is one.
  public var interfaceProblem: String?
  public var realTime: RealTimeStatus
  /// The wake-ups of the receive thread; nil from a daemon that does not report them.
  public var reception: ReceptionStatus?
  public var clock: Clock
  /// The PTP clock; nil while PTP is off or has no network yet.
  public var ptp: PTPStatus?
  public var senders: [SenderStatus]
  public var receivers: [ReceiverStatus]
  public var clients: [ClientStatus]

  public init(
    version: String, host: String = "", instance: String, interface: Interface?,
    interfaceProblem: String? = nil, realTime: RealTimeStatus,
    reception: ReceptionStatus? = nil, clock: Clock, ptp: PTPStatus?,
    senders: [SenderStatus], receivers: [ReceiverStatus],
    clients: [ClientStatus]
  ) {
    self.version = version
    self.host = host
    self.instance = instance
    self.interface = interface
    self.interfaceProblem = interfaceProblem
    self.realTime = realTime
    self.reception = reception
    self.clock = clock
    self.ptp = ptp
    self.senders = senders
    self.receivers = receivers
    self.clients = clients
  }

  private enum CodingKeys: CodingKey {
    case version, host, instance, interface, interfaceProblem, realTime, reception, clock, ptp,
      senders,
      receivers, clients
  }

  /// Encodes every key, also those without a value: `"interface": null` is an answer, too.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(version, forKey: .version)
    try container.encode(host, forKey: .host)
    try container.encode(instance, forKey: .instance)
    try container.encode(interface, forKey: .interface)
    try container.encodeIfPresent(interfaceProblem, forKey: .interfaceProblem)
    try container.encode(realTime, forKey: .realTime)
    try container.encodeIfPresent(reception, forKey: .reception)
    try container.encode(clock, forKey: .clock)
    try container.encode(ptp, forKey: .ptp)
    try container.encode(senders, forKey: .senders)
    try container.encode(receivers, forKey: .receivers)
    try container.encode(clients, forKey: .clients)
  }
}
