// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import Device
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import RealTime

/// The ptp thread: passes messages and timestamps between the ordinary clock and its two sockets, and publishes
/// the clock.
///
/// It is not a media thread: it may allocate and log. It has real-time priority nevertheless, so that a busy
/// machine does not impair its timestamps of last resort.
struct PTPLoop: ~Copyable {
  private static let statusInterval = Interval.milliseconds(200)

  private let device: DeviceMemory
  private let report: PTPReport
  private let making: ClockMaking
  private let events: ClockEvents
  private let log: Logger
  private var link: PTPLink
  private var clock: OrdinaryClock?
  private var pmc: PMCServer?
  private var diagnosis = ClockDiagnosis()
  private var problemLog = ClockProblemLog()
  private var nextStatus = MonotonicInstant(nanoseconds: 0)
  private var buffer = [UInt8](repeating: 0, count: 2048)

  /// - Parameter mode: the mode of the configuration's network clock, which is on.
  init(
    mode: Settings.Mode, _ configuration: Configuration, device: DeviceMemory,
    pmc: consuming PMCServer?, report: PTPReport, log: Logger
  ) {
    self.pmc = pmc
    self.device = device
    self.report = report
    self.log = log
    making = ClockMaking(
      mode: mode, configuration.networkClock, device: device, report: report, log: log)
    events = ClockEvents(domain: configuration.networkClock.domain, report: report, log: log)
    link = PTPLink(
      interface: configuration.network.interface.name, configuration.networkClock, log: log)
  }

  /// Runs until the thread is asked to stop.
  mutating func run(on thread: WakeableThread) {
    var waiting = WaitSet()
    while !thread.isStopping {
      report.rounds.add()
      let now = MonotonicClock.now
      if now >= link.nextLook { follow(at: now) }
      if let deadline = clock?.deadline, deadline <= now { clock?.advance(to: now) }
      perform()
      if now >= nextStatus { showStatus(at: now) }
      waiting.removeAll()
      waiting.add(thread.stopDescriptor)
      link.addDescriptors(to: &waiting)
      waiting.add(pmc?.descriptor(at: now) ?? -1)
      waiting.wait(milliseconds: sleep(from: MonotonicClock.now))
      drain()
      if link.takeNews() { follow(at: MonotonicClock.now) }
    }
    finish()
  }

  /// Ends with a clock that continues at the master's rate alone, without the present slew.
  private mutating func finish() {
    clock?.link(isUp: false, at: MonotonicClock.now)
    while let action = clock?.nextAction() {
      if case .publish(let last) = consume action { device.publish(last) }
    }
  }

  private func sleep(from now: MonotonicInstant) -> Int32 {
    let until = min(clock?.deadline ?? link.nextLook, link.nextLook)
    // Rounded up, so that a deadline less than a millisecond away does not cause a busy loop.
    return Int32(clamping: max(0, ((until - now).nanoseconds + 999_999) / 1_000_000))
  }

  // MARK: Interface

  private mutating func follow(at now: MonotonicInstant) {
    lookAtHost()
    pmc?.restore()
    apply(link.look(at: now), at: now)
  }

  private mutating func apply(_ events: [PTPLink.Event], at now: MonotonicInstant) {
    for event in events {
      switch event {
      case .closed: clock?.link(isUp: false, at: now)
      // Without a network, this host's own clock is usable; only a slave must wait.
      case .unusable: if making.mode != .slave { report.settle() }
      case .alone: report.settle()
      case .opened(let interface, let kind):
        // The servo's limits depend on the timestamps: with another kind, it begins again from the published clock.
        if clock?.settings.timestamps != kind {
          clock = making.clock(on: interface, stamps: kind) ?? clock
        }
        clock?.link(isUp: true, at: now)
      }
    }
  }

  /// Reads the state of the system's clock, because our announced quality may change at any time (GM-08).
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
    let problems = diagnosis.problems(of: clock, on: link.diagnosis, at: now)
    report.update(problems)
    for problem in problemLog.news(problems, at: now) { log.record(problem) }
    guard let clock else { return }
    report.update(HeardClocks(clock, at: now))
    report.update(PTPStatus(clock, refusedSends: link.refusedSends, rejoins: link.rejoins))
  }

  // MARK: Messages

  // Bounded: what arrives faster than 64 messages a round waits for the next one.
  private mutating func drain() {
    link.discardStamps()
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

  /// Takes one message from the socket of `arrival`. Returns false if there is none.
  private mutating func receive(_ arrival: Arrival) -> Bool {
    // Moved out of self, so that the clock can be changed while it reads the bytes.
    var memory: [UInt8] = []
    swap(&memory, &buffer)
    defer { swap(&memory, &buffer) }
    guard let received = link.receive(arrival, into: &memory) else { return false }
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
          link.send(datagram)
        }
      case .sendStamped(let datagram, let token): sendStamped(datagram, token)
      case .publish(let new):
        device.publish(new)
        report.published(new)
      case .report(let event):
        nextStatus = MonotonicInstant(nanoseconds: 0)
        events.record(event, master: clock?.parentDataSet.grandmasterIdentity)
      }
    }
  }

  private mutating func sendStamped(_ datagram: Datagram, _ token: consuming TransmitToken) {
    switch link.sendStamped(datagram) {
    case .refused: clock?.refused(token)
    case .sent(let stamp): clock?.transmitted(token, at: stamp, now: MonotonicClock.now)
    case .stampless:
      let now = MonotonicClock.now
      clock?.transmitted(token, at: nil, now: now)
      apply(link.useWorseStamps(at: now), at: now)
    }
  }
}
