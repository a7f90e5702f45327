// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import Device
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import RealTime
internal import Synchronization

internal import struct SystemPackage.Errno

/// The ptp thread: carries messages and stamps between the ordinary clock and its two sockets, and
/// publishes what the clock says.
///
/// Not a media thread: it may allocate and log. It runs with real-time priority all the same, so that
/// a busy machine does not blur its stamps of last resort.
struct PTPLoop: ~Copyable {
  private static let interfaceCheck = Interval.seconds(1)
  private static let statusInterval = Interval.milliseconds(200)

  private let mode: Settings.Mode
  private let configuration: Configuration
  private let device: DeviceMemory
  private let report: PTPReport
  private let log: Logger
  /// Nil where the kernel refuses it: interfaces are looked at every second then.
  private var monitor: InterfaceMonitor?
  private var path: PTPPath
  private var ports: PTPPorts?
  private var clock: OrdinaryClock?
  private var pmc: PMCServer?
  /// Better stamps than these were promised on this interface, and failed to come.
  private var noBetterThan: TimestampClass?
  private var nextCheck = MonotonicInstant(nanoseconds: 0)
  private var nextStatus = MonotonicInstant(nanoseconds: 0)
  private var problem = ""
  /// Messages from others since the daemon started.
  private var heard: UInt64 = 0
  private var silence: SilenceWatch?
  private var rejoins: UInt64 = 0
  /// Refused sends of sockets that are closed.
  private var refusedBefore: UInt64 = 0
  private var buffer = [UInt8](repeating: 0, count: 2048)

  init(
    mode: Settings.Mode, _ configuration: Configuration, device: DeviceMemory,
    pmc: consuming PMCServer?, report: PTPReport, log: Logger
  ) {
    self.pmc = pmc
    self.mode = mode
    self.configuration = configuration
    self.device = device
    self.report = report
    self.log = log
    path = PTPPath(configuration.network.interface.name)
    monitor = try? InterfaceMonitor()
  }

  /// Runs until `report` says to stop; `wakeUp` becomes readable then.
  mutating func run(until wakeUp: Int32) {
    var waiting = WaitSet()
    while !report.isStopped {
      report.rounds.add()
      let now = MonotonicClock.now
      if now >= nextCheck { follow(at: now) }
      if let deadline = clock?.deadline, deadline <= now { clock?.advance(to: now) }
      perform()
      if now >= nextStatus { showStatus(at: now) }
      waiting.removeAll()
      waiting.add(wakeUp)
      waiting.add(ports?.descriptors.0 ?? -1)
      waiting.add(ports?.descriptors.1 ?? -1)
      waiting.add(monitor?.descriptor ?? -1)
      waiting.add(pmc?.descriptor(at: now) ?? -1)
      waiting.wait(milliseconds: sleep(from: MonotonicClock.now))
      drain()
      if monitor?.takeNews() ?? false { follow(at: MonotonicClock.now) }
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
    lookAtHost()
    switch path.follow(try? NetworkInterfaces.list(), isOpen: ports != nil) {
    case .keep: break
    case .close: close(at: now, lost: ports?.interface)
    case .alone:
      if let used = ports?.interface { close(at: now, lost: used) }
      report.settle()
    case .open(let interface):
      if let used = ports?.interface { close(at: now, lost: used) }
      open(on: interface, at: now)
    }
    if silence?.isDue(packets: heard, at: now) ?? false {
      ports?.rejoin()
      rejoins += 1
    }
  }

  private mutating func open(on usable: NetworkInterface, at now: MonotonicInstant) {
    let kind: TimestampClass
    // Before the first time, which is when somebody else's cannot be our own.
    if clock == nil, problem.isEmpty { warnOfOthers(on: usable) }
    do throws(SystemError) {
      let stamps = StampSource(
        configuration.networkClock.timestamps, on: usable.name, noBetterThan: noBetterThan, log: log
      )
      kind = stamps.kind
      ports = try PTPPorts(
        on: usable, dscp: configuration.networkClock.dscp, stamps: stamps)
    } catch {
      let line = "PTP cannot use \(usable.name): \(error)"
      if line != problem {
        let whole = line + hint(for: error)
        log.record(.clockUnavailable, whole, [.interface: usable.name, .reason: whole])
      }
      problem = line
      // Without the network's clock this host's own is as good as any; a slave was told to wait.
      if mode != .slave { report.settle() }
      return
    }
    if !problem.isEmpty { log.notice("PTP can use \(usable.name) now") }
    problem = ""
    silence = SilenceWatch(packets: heard, at: now)
    // The servo's limits follow the stamps: with others, it begins anew from what is published.
    if clock?.settings.timestamps != kind { makeClock(on: usable, stamps: kind) }
    clock?.link(isUp: true, at: now)
  }

  private func hint(for error: SystemError) -> String {
    switch error.code {
    case .notPermitted, .permissionDenied:
      "; grant CAP_NET_BIND_SERVICE, as the systemd unit does, or set ptp.mode: off"
    case .addressInUse:
      "; \(others) has PTP's ports to itself: stop it, or follow the clock that it keeps (clock.source), "
        + "or set ptp.mode: off. The streams go on by this host's clock, and PTP begins once the ports are free"
    default: ""
    }
  }

  private var others: String {
    var names: [String] = []
    for port in [PTPSocket.eventPort, PTPSocket.generalPort] {
      for name in PortHolders.names(of: port) where !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? "another program" : names.joined(separator: " and ")
  }

  /// Two programs may share the ports, and hear every multicast message both; but by default both have the
  /// identity that follows from the Ethernet address, and then take each other for themselves (PTP-08).
  private func warnOfOthers(on usable: NetworkInterface) {
    let isFree = [PTPSocket.eventPort, PTPSocket.generalPort].allSatisfy {
      PortHolders.isFree($0, on: usable)
    }
    if isFree || configuration.networkClock.clockIdentity != nil { return }
    let line =
      "\(others) uses PTP's ports on \(usable.name), too: if it runs a clock of its own there, "
      + "give this one another ptp.clock-identity, or follow the other's (clock.source)"
    log.record(.clockPortsShared, line, [.interface: usable.name, .reason: line])
  }

  private mutating func makeClock(on usable: NetworkInterface, stamps: TimestampClass) {
    let identity =
      configuration.networkClock.clockIdentity ?? ClockIdentity(of: usable)
    do {
      var settings = configuration.networkClock.settings(mode, identity: identity)
      settings.timestamps = stamps
      settings.hostClock = HostClock.now(beside: device.clock)
      if let known = (try? SystemClockState.take())?.taiOffset {
        settings.currentUtcOffset = Int(known.nanoseconds / 1_000_000_000)
      }
      clock = try OrdinaryClock(
        settings: settings, clock: device.clock, seed: .random(in: .min ... .max))
      log.record(
        .clockStarts, "PTP clock \(identity), mode \(mode.rawValue), on \(usable.name)",
        [.interface: usable.name])
    } catch {
      log.record(.clockUnavailable, "PTP settings: \(error)", [.reason: "\(error)"])
    }
  }

  private mutating func close(at now: MonotonicInstant, lost used: NetworkInterface?) {
    refusedBefore += ports?.refusedSends ?? 0
    ports = nil
    silence = nil
    if let used {
      noBetterThan = nil
      log.info("PTP has lost \(used.name); the clock goes on at the last rate")
    }
    clock?.link(isUp: false, at: now)
  }

  /// Stamps fail to come: begins anew with the next worse ones (TS-09).
  private mutating func doWithWorseStamps() {
    guard let used = ports?.interface, let worse = ports?.stamps.nextWorse else { return }
    log.record(
      .stampsMissing,
      "\(used.name) gives no transmit stamps: PTP goes on with \(worse.rawValue) ones and is less exact",
      [.interface: used.name])
    let now = MonotonicClock.now
    noBetterThan = worse
    close(at: now, lost: nil)
    follow(at: now)
  }

  /// What we would announce as grandmaster may change at any time (GM-08).
  private mutating func lookAtHost() {
    let host = HostClock.now(beside: device.clock)
    if let before = report.host, before.isSynchronized != host.isSynchronized {
      log.notice("this host's own clock is now \(host.text), and is announced so")
    }
    report.update(host)
    clock?.describe(host)
  }

  private mutating func showStatus(at now: MonotonicInstant) {
    nextStatus = now + Self.statusInterval
    guard let clock else { return }
    report.update(
      PTPStatus(
        clock, refusedSends: refusedBefore + (ports?.refusedSends ?? 0), rejoins: rejoins))
  }

  // MARK: Messages

  // Bounded: what arrives faster than 64 messages a round waits for the next one.
  private mutating func drain() {
    ports?.discardStamps()
    for _ in 0..<64 {
      guard receive(.event(stamp: nil)) else { break }
    }
    for _ in 0..<64 {
      guard receive(.general) else { break }
    }
    perform()
    // Bounded by the server itself.
    while let question = pmc?.next(at: MonotonicClock.now) {
      let bytes = unsafe question.span.bytes
      clock?.receive(bytes, from: PMCServer.peer, .local, at: MonotonicClock.now)
      perform()
    }
  }

  /// Takes in one message from the socket that `arrival` names; false when none waits there.
  private mutating func receive(_ arrival: Arrival) -> Bool {
    // Out of self, so that the clock may be changed while it reads the bytes.
    var memory: [UInt8] = []
    swap(&memory, &buffer)
    defer { swap(&memory, &buffer) }
    guard let received = ports?.receive(arrival, into: &memory) ?? nil else { return false }
    heard += 1
    var how = arrival
    if case .event = arrival { how = .event(stamp: received.at) }
    let message = unsafe memory.span.bytes
    clock?.receive(
      message.extracting(first: received.count), from: Peer(address: UInt64(received.source.bits)),
      how, at: MonotonicClock.now)
    return true
  }

  private mutating func perform() {
    while let action = clock?.nextAction() {
      switch consume action {
      case .send(let datagram):
        if case .back(to: PMCServer.peer) = datagram.destination {
          pmc?.answer(datagram.bytes)
        } else {
          ports?.send(datagram)
        }
      case .sendStamped(let datagram, let token):
        switch ports?.sendStamped(datagram) ?? .refused {
        case .refused: clock?.refused(token)
        case .sent(let stamp): clock?.transmitted(token, at: stamp, now: MonotonicClock.now)
        case .stampless:
          clock?.transmitted(token, at: nil, now: MonotonicClock.now)
          doWithWorseStamps()
        }
      case .publish(let new):
        device.publish(new)
        report.published(new)
      case .report(let event): record(event)
      }
    }
  }

  private mutating func record(_ event: Event) {
    nextStatus = MonotonicInstant(nanoseconds: 0)
    switch event {
    case .state(let state):
      log.record(.portState, "PTP port is \(state)", [.clockState: "\(state)"])
    case .grandmaster(let identity):
      log.record(.grandmaster, "PTP grandmaster is \(identity)", [.grandmaster: identity])
      report.elected(Grandmaster(identity: identity, domain: configuration.networkClock.domain))
    case .locked: log.record(.locked, "PTP is locked", facts)
    case .unlocked:
      log.record(.unlocked, "PTP has lost its lock; the clock goes on at the last rate", facts)
    case .rebased(let rebase):
      // The first one hurts no stream.
      if rebase.cause == .start { return log.notice("\(rebase.sentence)") }
      log.record(
        .rebased, rebase.sentence, [.frames: rebase.frames, .reason: rebase.cause.rawValue])
    case .stampsMissing:
      log.record(
        .stampsMissing, "the network interface gives no transmit stamps; PTP is less exact without")
    }
  }

  private var facts: [EventField: any CustomStringConvertible & Sendable] {
    guard let clock else { return [:] }
    return [.grandmaster: clock.parentDataSet.grandmasterIdentity]
  }
}

extension Rebase {
  fileprivate var sentence: String {
    switch cause {
    case .start: "PTP time is \(frames) frames from this host's: the media clock has taken it over"
    case .master:
      "PTP time has moved by \(frames) frames with another master: streams have a gap and go on"
    case .epoch:
      "PTP time has moved by \(frames) frames at its master: streams have a gap and go on"
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
