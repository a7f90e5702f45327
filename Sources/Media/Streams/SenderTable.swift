// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamEngine

/// The senders, and their adaptation to the network.
struct SenderTable {
  private(set) var slots = StreamSlots<SenderHandle>()
  private let memory: MediaMemory
  private let mixer: EngineMixer
  private let sockets: SenderSockets
  private let cname: String

  /// - Parameter cname: the name of our streams in RTCP, before our address.
  init(_ memory: MediaMemory, _ mixer: EngineMixer, _ marking: PacketMarking, cname: String) {
    self.memory = memory
    self.mixer = mixer
    self.cname = cname
    sockets = SenderSockets(memory, marking)
  }

  var all: [SenderHandle] { slots.all }

  // MARK: Changes

  mutating func add(_ configuration: SenderConfiguration, id: StreamID) throws(StreamChangeError) {
    try slots.add(configuration) { place in
      SenderHandle(id: id, place: place, configuration, memory, mixer, sockets)
    }
  }

  /// Changes the configuration of a sender. It pauses only if its packets change; its counters continue.
  func change(_ id: StreamID, to configuration: SenderConfiguration) throws(StreamChangeError) {
    let handle = try slots.handle(of: id)
    try slots.check(configuration, insteadOf: id)
    let old = handle.configuration
    var new = configuration
    if new.hasAutomaticAddress, old.hasAutomaticAddress || new.address == .any {
      new.address = old.address  // What was chosen stays until there is a reason.
    }
    replace(old, of: handle, with: new)
  }

  /// Moves a sender with an automatic address to another group. One that has another address by now stays there.
  func move(_ id: StreamID, to group: IPv4Address) throws(StreamChangeError) {
    let handle = try slots.handle(of: id)
    let old = handle.configuration
    guard old.hasAutomaticAddress else { return }
    var new = old
    new.address = group
    try slots.check(new, insteadOf: id)
    replace(old, of: handle, with: new)
  }

  private func replace(
    _ old: SenderConfiguration, of handle: SenderHandle, with new: SenderConfiguration
  ) {
    let isSame = old.packets == new.packets && old.isEnabled == new.isEnabled
    handle.configuration = new
    // The warning is about another device on the former group.
    if old.address != new.address || old.port != new.port { handle.warning = nil }
    guard !isSame else {
      if handle.lifecycle == .running, old.ttl != new.ttl || old.dscp != new.dscp { handle.mark() }
      return
    }
    handle.stop(then: new.isEnabled ? StreamLifecycle.aboutToStart : .disabled)
  }

  mutating func remove(_ id: StreamID) throws(StreamChangeError) { try slots.remove(id) }

  mutating func finishStops(_ places: [Int]) { slots.finishStops(places) }

  /// Sets the warning on another device that sends to a sender's group; nil for none.
  func setWarning(_ id: StreamID, _ warning: String?) { slots.find(id)?.warning = warning }

  // MARK: Running

  /// Starts the senders that wait.
  func start() {
    for handle in slots.all { handle.start() }
  }

  /// Sets the reason that waiting senders show.
  func wait(_ reason: String) {
    for handle in slots.all where handle.lifecycle.waitingReason != nil {
      handle.lifecycle = .waiting(reason)
    }
  }

  /// Adapts to a change of the network. No sender is stopped by it.
  func follow(_ change: NetworkPath.Change, _ path: NetworkPath) {
    switch change {
    case .none: break
    case .lost: pause()
    case .left:
      pause()
      // Groups on a network that was left are left, too.
      for handle in slots.running { handle.closeReports() }
    case .returned: resume()
    case .moved, .readdressed:
      guard let interface = path.interface, let address = path.address else { return }
      let origin = SenderSockets.Origin(interface: interface, address: address)
      guard !sockets.serve(origin) else { return resume() }
      pause()
      sockets.move(to: origin)
      for handle in slots.running { handle.move() }
    }
  }

  private func pause() {
    sockets.pause()
    for handle in slots.running { handle.pause() }
  }

  private func resume() {
    sockets.resume()
    for handle in slots.running { handle.resume() }
  }

  /// Changes the marking of packets, without losing any.
  func mark(_ marking: PacketMarking) {
    guard marking != sockets.marking else { return }
    if !sockets.mark(marking) {
      for handle in slots.running { handle.pause() }
      sockets.renew()
    }
    for handle in slots.running { handle.mark() }
  }

  /// Reads the errors of receivers, and sends reports.
  func advance(to now: MonotonicInstant, _ clock: DeviceClock) {
    sockets.advance()
    for handle in slots.all { handle.advance(to: now, clock, cname: cname) }
  }

  /// The sockets whose errors, and those whose packets, wake the network thread.
  var descriptors: (errors: [Int32], packets: [Int32]) {
    let all = slots.running.map(\.descriptors)
    return (all.compactMap(\.errors), all.compactMap(\.packets))
  }

  /// Stops all senders.
  func close() {
    for handle in slots.running { handle.stop(then: .waiting(reason: "the daemon is stopping")) }
  }
}

extension SenderConfiguration {
  /// The properties that are visible in the packets, so that the stream must restart when they change.
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
