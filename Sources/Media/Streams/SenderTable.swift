// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The senders, with the sockets they send through, and what they tell and hear by RTCP.
struct SenderTable: ~Copyable {
  struct Sender: TabledStream {
    let id: StreamID
    var configuration: SenderConfiguration
    var warning: String?
    var ssrc = UInt32.random(in: .min ... .max)
    var state = StreamTable.State.waiting(
      reason: "the clock or the network interface is not there yet")
  }

  private var slots = StreamSlots<Sender>()
  private var sockets: SenderSockets
  /// By place; missing where RTCP's port cannot be had.
  private var reports: [Int: SenderReports] = [:]
  private let network: Configuration.Network
  private let cname: String
  private var path: NetworkPath
  /// What was logged last of each place.
  private var recorded: [Int: String] = [:]

  init(_ memory: MediaMemory, _ network: Configuration.Network, cname: String) {
    sockets = SenderSockets(memory, network)
    self.network = network
    self.cname = cname
    path = NetworkPath(network.interface.name)
  }

  var all: [Sender] { slots.all }

  // MARK: Changes

  mutating func add(
    _ configuration: SenderConfiguration, id: StreamID, _ memory: MediaMemory
  ) throws(StreamChangeError) {
    guard let place = slots.free else { throw .full(maximum: StreamSlots<Sender>.maximum) }
    try check(configuration, insteadOf: nil)
    // Nobody counts there now: the last sender of this place has been given back.
    unsafe (memory.senderCounters + place).initialize(to: SenderCounters())
    slots[place] = Sender(id: id, configuration: configuration)
    if !configuration.isEnabled { slots[place].state = .disabled }
  }

  /// Gives a sender another configuration. It pauses only where its packets change; its counters go on.
  mutating func change(
    _ id: StreamID, to configuration: SenderConfiguration, _ memory: MediaMemory,
    _ mixer: EngineMixer
  ) throws(StreamChangeError) {
    guard let place = slots.place(of: id) else { throw .unknown(id) }
    try check(configuration, insteadOf: id)
    let old = slots[place].configuration
    var configuration = configuration
    if configuration.hasAutomaticAddress, configuration.address == .any {
      configuration.address = old.address  // What was chosen stays until there is a reason.
    }
    slots[place].configuration = configuration
    guard old.packets != configuration.packets || old.isEnabled != configuration.isEnabled
    else { return }
    stop([place], because: .waiting(reason: "it is about to start"), memory, mixer)
    slots[place].state =
      configuration.isEnabled ? .waiting(reason: "it is about to start") : .disabled
    // For receivers it is another sender.
    slots[place].ssrc = .random(in: .min ... .max)
  }

  mutating func remove(
    _ id: StreamID, _ memory: MediaMemory, _ mixer: EngineMixer
  ) throws(StreamChangeError) {
    guard let place = slots.place(of: id) else { throw .unknown(id) }
    stop([place], because: .disabled, memory, mixer)
    slots.empty(place)
  }

  private func check(
    _ configuration: SenderConfiguration, insteadOf id: StreamID?
  ) throws(StreamChangeError) {
    let others = slots.all.filter { $0.id != id }.map(\.configuration)
    if let problem = configuration.problems(beside: others).first { throw .invalid(problem) }
  }

  /// Sets the warning about a sender that runs; nil for none. Returns true if it is a new one.
  mutating func setWarning(_ id: StreamID, _ warning: String?) -> Bool {
    guard let place = slots.place(of: id), slots[place].warning != warning else { return false }
    slots[place].warning = warning
    return true
  }

  // MARK: Running

  /// Starts the senders that wait. What has no way yet runs nevertheless, unheard.
  mutating func start(_ memory: MediaMemory, _ mixer: EngineMixer) {
    for place in slots.places {
      guard case .waiting = slots[place].state else { continue }
      let sender = slots[place]
      guard sender.configuration.address != .any else {
        slots[place].state = .waiting(
          reason: "a group that nobody else sends to is being looked for")
        continue
      }
      sockets.add(place, to: sender.configuration.address, sender.configuration.port)
      unsafe mixer.push(
        .start(sender: place, sender.settings, UnsafePointer(memory.senderCounters + place)))
      slots[place].state = .running
    }
  }

  /// Takes in what has become of the network. No sender is stopped for it.
  mutating func follow(_ change: NetworkPath.Change, _ path: NetworkPath) {
    self.path = path
    switch change {
    case .none: break
    case .lost: sockets.pause()
    case .returned:
      sockets.resume()
      for report in reports.values { report.rejoin() }
    case .moved, .readdressed:
      guard let interface = path.interface, let address = path.address else { return }
      sockets.use(interface, from: address)
      reports = [:]
    }
  }

  /// Hears what far sides say, and reports. Returns what to log of senders that came to wait, or run
  /// again.
  mutating func advance(
    to now: MonotonicInstant, _ clock: DeviceClock, _ memory: MediaMemory
  ) -> [StreamNews] {
    sockets.advance(to: now)
    for place in slots.places where slots[place].state == .running {
      if reports[place] == nil { reports[place] = openReports(place, at: now) }
      reports[place]?.advance(content(place, clock, memory), at: now)
    }
    return slots.places.compactMap { place in
      let problem = slots[place].state == .running ? sockets.problem(place) : nil
      guard problem != recorded[place] else { return nil }
      recorded[place] = problem
      return StreamNews(
        name: slots[place].configuration.name, direction: "sender", reason: problem)
    }
  }

  /// Sockets whose errors, and sockets whose packets, it pays to wake for.
  var descriptors: (errors: [Int32], packets: [Int32]) {
    (sockets.descriptors, reports.values.map(\.descriptor))
  }

  private func openReports(_ place: Int, at now: MonotonicInstant) -> SenderReports? {
    let stream = slots[place].configuration
    guard stream.port < .max, let interface = path.interface, let address = path.address else {
      return nil
    }
    // Without RTCP a stream is as good as with it.
    guard
      let socket = try? RTCPSocket(
        interface: interface, source: address, destination: stream.address, port: stream.port + 1,
        ttl: network.ttl, dscp: network.dscp, loopback: network.loopback)
    else { return nil }
    return SenderReports(socket, cname: "\(cname)@\(address)", at: now)
  }

  private func content(
    _ place: Int, _ clock: DeviceClock, _ memory: MediaMemory
  ) -> SenderReports.Content {
    let stream = slots[place].configuration
    let sent = unsafe memory.senderCounters[place].sent
    let payload = UInt64(stream.channels * stream.packetTime.frames * 3)
    return SenderReports.Content(
      ssrc: slots[place].ssrc, packets: sent, octets: sent &* payload, clock: clock)
  }

  /// Stops all senders.
  mutating func close(_ memory: MediaMemory, _ mixer: EngineMixer) {
    stop(slots.places, because: .waiting(reason: "the daemon stops"), memory, mixer)
  }

  /// Returns when the thread has given back those that ran: their places and counters are ours then.
  private mutating func stop(
    _ places: [Int], because state: StreamTable.State, _ memory: MediaMemory, _ mixer: EngineMixer
  ) {
    let running = places.filter { slots[$0].state == .running }
    for place in running { mixer.push(.stop(sender: place)) }
    for place in running {
      while !mixer.hasStopped(sender: place) {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
      sockets.remove(place)
      reports.removeValue(forKey: place)?.leave(slots[place].ssrc)
      recorded[place] = nil
      slots[place].state = state
    }
  }

  // MARK: Status

  /// When packets left, of every sender.
  func measurements(_ memory: MediaMemory) -> [SenderMeasurement] {
    slots.places.map { place in
      let counters = unsafe UnsafePointer(memory.senderCounters + place)
      return unsafe SenderMeasurement(
        name: slots[place].configuration.name,
        departures: HistogramSnapshot(counters.pointee.departures, unit: .microseconds))
    }
  }

  func status(_ memory: MediaMemory) -> [SenderStatus] {
    slots.places.map { status(at: $0, memory) }
  }

  func status(of id: StreamID, _ memory: MediaMemory) -> SenderStatus? {
    slots.place(of: id).map { status(at: $0, memory) }
  }

  private func status(at place: Int, _ memory: MediaMemory) -> SenderStatus {
    let sender = slots[place]
    let stream = sender.configuration
    let counters = unsafe UnsafePointer(memory.senderCounters + place)
    let state = StreamTable.actual(sender.state, path, problem: sockets.problem(place))
    return unsafe SenderStatus(
      id: sender.id.number, name: stream.name, address: stream.address.description,
      port: stream.port, channels: stream.channels, firstChannel: stream.firstChannel,
      packetTimeMicroseconds: stream.packetTime.microseconds, payloadType: stream.payloadType,
      ssrc: sender.ssrc, state: state.status, error: state.reason ?? sender.warning,
      packets: counters.pointee.sent,
      dropped: counters.pointee.dropped.count, sendErrors: counters.pointee.sendErrors.count,
      withheld: counters.pointee.withheld.count,
      receiverReports: reports[place]?.heard ?? 0, map: stream.map?.numbers)
  }
}

extension SenderConfiguration {
  /// What of it is in the packets, so that they cannot go on when it changes.
  private struct Packets: Equatable {
    let address: IPv4Address
    let port: UInt16
    let channels: [Int?]
    let packetTime: PacketTime
    let payloadType: UInt8
  }

  fileprivate var packets: some Equatable {
    Packets(
      address: address, port: port, channels: route, packetTime: packetTime,
      payloadType: payloadType)
  }
}
