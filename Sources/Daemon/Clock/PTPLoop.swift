// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import Synchronization

/// The ptp thread: carries messages and stamps between the ordinary clock and its two sockets, and
/// publishes what the clock says.
///
/// Not a media thread: it may allocate and log. It runs with real-time priority all the same, so that
/// a busy machine does not blur its stamps of last resort.
struct PTPLoop: ~Copyable {
  /// How long the stamp of a message that was sent is waited for (GM-02).
  private static let stampPatience = Interval.milliseconds(10)
  private static let interfaceCheck = Interval.seconds(1)

  private let mode: Settings.Mode
  private let configuration: Configuration
  private let device: DeviceMemory
  private let report: PTPReport
  private let log: Logger
  private var interface: NetworkInterface?
  private var event: PTPSocket?
  private var general: PTPSocket?
  private var clock: OrdinaryClock?
  /// Messages sent through the event socket: the kernel numbers their stamps.
  private var eventSends: UInt32 = 0
  private var nextCheck = MonotonicInstant(nanoseconds: 0)
  private var problem = ""
  private var buffer = [UInt8](repeating: 0, count: 2048)

  init(
    mode: Settings.Mode, _ configuration: Configuration, device: DeviceMemory,
    report: PTPReport, log: Logger
  ) {
    self.mode = mode
    self.configuration = configuration
    self.device = device
    self.report = report
    self.log = log
  }

  /// Runs until `report` says to stop; `wakeUp` becomes readable then.
  mutating func run(until wakeUp: Int32) {
    var waiting = WaitSet()
    while !report.isStopped {
      let now = MonotonicClock.now
      if now >= nextCheck { follow(at: now) }
      if let deadline = clock?.deadline, deadline <= now { clock?.advance(to: now) }
      perform()
      waiting.removeAll()
      waiting.add(wakeUp)
      waiting.add(event?.file.number ?? -1)
      waiting.add(general?.file.number ?? -1)
      waiting.wait(milliseconds: sleep(from: MonotonicClock.now))
      drain()
    }
  }

  private func sleep(from now: MonotonicInstant) -> Int32 {
    let until = min(clock?.deadline ?? nextCheck, nextCheck)
    // Rounded up: a deadline that is a fraction away is not asked for again and again.
    return Int32(clamping: max(0, ((until - now).nanoseconds + 999_999) / 1_000_000))
  }

  // MARK: Interface

  private mutating func follow(at now: MonotonicInstant) {
    nextCheck = now + Self.interfaceCheck
    let interfaces = (try? NetworkInterfaces.list()) ?? []
    let found = configuration.network.interface.find(among: interfaces)
    let usable = found.flatMap { $0.isUsable ? $0 : nil }
    if usable?.index != interface?.index, interface != nil { close(at: now) }
    if let usable, event == nil { open(on: usable, at: now) }
    if let clock { report.update(clock) }
  }

  private mutating func open(on usable: NetworkInterface, at now: MonotonicInstant) {
    do throws(SystemError) {
      let dscp = configuration.networkClock.dscp
      event = try PTPSocket(
        interface: usable, port: PTPSocket.eventPort, dscp: dscp, stamps: true)
      general = try PTPSocket(
        interface: usable, port: PTPSocket.generalPort, dscp: dscp, stamps: false)
    } catch {
      event = nil
      let line = "PTP cannot use \(usable.name): \(error)" + hint(for: error)
      if line != problem { log.warning("\(line)") }
      problem = line
      return
    }
    problem = ""
    interface = usable
    eventSends = 0
    if clock == nil { makeClock(on: usable) }
    clock?.link(isUp: true, at: now)
  }

  private func hint(for error: SystemError) -> String {
    switch error.code {
    case 1, 13: "; grant CAP_NET_BIND_SERVICE, as the systemd unit does"
    case 98: "; another PTP program has the port to itself"
    default: ""
    }
  }

  private mutating func makeClock(on usable: NetworkInterface) {
    let identity =
      configuration.networkClock.clockIdentity ?? ClockIdentity(of: usable)
    do {
      clock = try OrdinaryClock(
        settings: configuration.networkClock.settings(mode, identity: identity),
        clock: device.clock, seed: .random(in: .min ... .max))
      log.info("PTP clock \(identity), mode \(mode.rawValue), on \(usable.name)")
    } catch {
      log.error("PTP settings: \(error)")
    }
  }

  private mutating func close(at now: MonotonicInstant) {
    event = nil
    general = nil
    interface = nil
    clock?.link(isUp: false, at: now)
  }

  // MARK: Messages

  // Bounded: what arrives faster than 64 messages a round waits for the next one.
  private mutating func drain() {
    for _ in 0..<64 {
      guard receive(.event(stamp: nil)) else { break }
    }
    for _ in 0..<64 {
      guard receive(.general) else { break }
    }
    perform()
  }

  /// Takes in one message from the socket that `arrival` names; false when none waits there.
  private mutating func receive(_ arrival: Arrival) -> Bool {
    // Out of self, so that the clock may be changed while it reads the bytes.
    var memory: [UInt8] = []
    swap(&memory, &buffer)
    defer { swap(&memory, &buffer) }
    guard let received = take(arrival, into: &memory) else { return false }
    var how = arrival
    if case .event = arrival { how = .event(stamp: received.at) }
    let message = unsafe memory.span.bytes
    clock?.receive(
      message.extracting(first: received.count), from: Peer(address: UInt64(received.source.bits)),
      how, at: MonotonicClock.now)
    return true
  }

  private func take(_ arrival: Arrival, into memory: inout [UInt8]) -> PTPSocket.Received? {
    var span = memory.mutableSpan
    var bytes = unsafe span.mutableBytes
    if case .event = arrival { return try? event?.receive(into: &bytes) }
    return try? general?.receive(into: &bytes)
  }

  private mutating func perform() {
    while let action = clock?.nextAction() {
      switch consume action {
      case .send(let datagram): send(datagram)
      case .sendStamped(let datagram, let token):
        let number = eventSends
        send(datagram)
        let stamp = departure(number)
        clock?.transmitted(token, at: stamp, now: MonotonicClock.now)
      case .publish(let new):
        device.publish(new)
        report.published(new)
      case .report(let event): tell(event)
      }
    }
  }

  private mutating func send(_ datagram: Datagram) {
    let bytes = unsafe datagram.bytes.span.bytes
    do throws(SystemError) {
      switch datagram.destination {
      case .eventGroup:
        try event?.send(bytes, to: PTPSocket.group, port: PTPSocket.eventPort)
        eventSends &+= 1
      case .generalGroup:
        try general?.send(bytes, to: PTPSocket.group, port: PTPSocket.generalPort)
      case .generalPort(let peer), .back(let peer):
        let address = IPv4Address(bits: UInt32(truncatingIfNeeded: peer.address))
        try general?.send(bytes, to: address, port: PTPSocket.generalPort)
      }
    } catch {
      // What was not sent has no stamp either, and that is counted.
    }
  }

  /// The stamp of send `number`, waited for as long as it may take.
  private func departure(_ number: UInt32) -> MonotonicInstant? {
    let deadline = MonotonicClock.now + Self.stampPatience
    while MonotonicClock.now < deadline {
      while let departure = try? event?.departure() {
        if departure.number == number { return departure.at }
      }
      MonotonicClock.sleep(until: MonotonicClock.now + .microseconds(50))
    }
    return nil
  }

  private func tell(_ event: Event) {
    switch event {
    case .state(let state): log.info("PTP port is \(state)")
    case .grandmaster(let identity): log.notice("PTP grandmaster is \(identity)")
    case .locked: log.notice("PTP is locked")
    case .unlocked: log.warning("PTP has lost its lock; the clock goes on at the last rate")
    case .rebased(let frames):
      log.warning("PTP time has moved by \(frames) frames: streams have a gap and go on")
    case .stampsMissing:
      log.warning("the network interface gives no transmit stamps; PTP is less exact without")
    }
  }
}

extension ClockIdentity {
  /// Of the interface's Ethernet address; a random one where it has none.
  init(of interface: NetworkInterface) {
    if let address = interface.ethernetAddress {
      self.init(ethernetAddress: address)
    } else {
      self.init(.random(in: 1 ..< .max))
    }
  }
}
