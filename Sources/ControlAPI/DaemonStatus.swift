// SPDX-License-Identifier: MIT

/// Everything that `status.json` says.
public struct DaemonStatus: Codable, Equatable, Sendable {
  public struct Interface: Codable, Equatable, Sendable {
    public var name: String
    public var index: UInt32
    public var address: String
    /// `wired`, `wireless`, `virtual` or `loopback`: the last three are doubtful for audio.
    public var kind: String

    public init(name: String, index: UInt32, address: String, kind: String = "wired") {
      self.name = name
      self.index = index
      self.address = address
      self.kind = kind
    }
  }

  public struct Clock: Codable, Equatable, Sendable {
    /// As `ClockState` in words: `free-running`, `acquiring`, `locked`, `holdover`, `grandmaster`.
    public var state: String
    /// Now.
    public var deviceFrame: Int64
    /// Media frame = device frame + this.
    public var mediaOffset: Int64
    public var rateDivisor: Int64
    /// As `clock.source` in the configuration: `ptp`, `system-tai`, `phc:/dev/ptp0`.
    public var source: String
    /// Whether a time service vouches for this host's own clock, which is what a grandmaster here
    /// announces: `free-running`, or within what; nil without PTP.
    public var host: String?
    /// Nil unless another program keeps the clock.
    public var external: ExternalClockStatus?
    /// What is wrong with the clock, the gravest first; empty when nothing is.
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
  /// Empty for the default one.
  public var instance: String
  /// Nil while there is none to use.
  public var interface: Interface?
  /// Why there is none, and what is waited for; nil while there is one.
  public var interfaceProblem: String?
  public var realTime: RealTimeStatus
  /// Nil from a daemon that does not say.
  public var reception: ReceptionStatus?
  public var clock: Clock
  /// Nil while PTP is off or has no network yet.
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

  /// By hand, so that every key is always there: `"interface": null` is an answer, too.
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
