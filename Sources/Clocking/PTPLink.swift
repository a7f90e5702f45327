// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP

/// The path of the ordinary clock to the network: its interface, followed through changes, and the sockets on
/// it with the best timestamps that work there.
struct PTPLink: ~Copyable {
  /// The result of checking the interfaces, for the clock.
  enum Event {
    /// The sockets are gone, and the clock receives nothing.
    case closed
    /// Sockets are open; their event messages get timestamps of this kind.
    case opened(NetworkInterface, stamps: TimestampClass)
    /// There is an interface, but sockets cannot be opened on it.
    case unusable
    /// There is only the loopback interface, where no other host can be.
    case alone
  }

  private static let lookInterval = Interval.seconds(1)

  private let configuration: Configuration.NetworkClock
  private let log: Logger
  /// The notifications of the kernel; nil if it refuses them, in which case interfaces are read every second.
  private let monitor: InterfaceMonitor?
  private var path: PTPPath
  private var ports: PTPPorts?
  /// The class above which timestamps are not used: better ones were announced on this interface, and were
  /// missing.
  private var noBetterThan: TimestampClass?
  /// The time at which interfaces are read even without a notification.
  private(set) var nextLook = MonotonicInstant(nanoseconds: 0)
  private var problem = ""
  /// The problem with its remedy.
  private var advisedProblem = ""
  private var wasOpen = false
  private var silence: SilenceWatch?
  /// The number of messages from other hosts.
  private var heard: UInt64 = 0
  /// The number of times that the groups were joined again because no message had arrived.
  private(set) var rejoins: UInt64 = 0
  /// Refused sends of sockets that are closed.
  private var refusedBefore: UInt64 = 0

  /// - Parameter interface: the name of the selected interface; nil for the automatic choice.
  init(interface: String?, _ configuration: Configuration.NetworkClock, log: Logger) {
    self.configuration = configuration
    self.log = log
    path = PTPPath(interface)
    monitor = try? InterfaceMonitor()
  }

  // MARK: Interface

  /// True if interfaces have changed since the last call.
  func takeNews() -> Bool { monitor?.takeNews() ?? false }

  /// Compares the interfaces with the previous ones, and opens and closes sockets accordingly.
  mutating func look(at now: MonotonicInstant) -> [Event] {
    nextLook = now + Self.lookInterval
    var events: [Event] = []
    switch path.follow(try? NetworkInterfaces.list(), isOpen: ports != nil) {
    case .keep: break
    case .close: events += lose()
    case .alone: events += lose() + [.alone]
    case .open(let interface): events += lose() + [open(on: interface, at: now)]
    }
    if silence?.isDue(packets: heard, at: now) ?? false {
      ports?.rejoin()
      rejoins += 1
    }
    return events
  }

  private mutating func open(on interface: NetworkInterface, at now: MonotonicInstant) -> Event {
    let advice = PTPPortAdvice(configuration, log)
    // Only before the first opening, when a program that holds the ports cannot be this daemon.
    if !wasOpen, problem.isEmpty { advice.warnOfOthers(on: interface) }
    let stamps = StampSource(
      configuration.timestamps, on: interface.name, noBetterThan: noBetterThan, log: log)
    do throws(SystemError) {
      ports = try PTPPorts(on: interface, dscp: configuration.dscp, stamps: stamps)
    } catch {
      let line = "PTP cannot use \(interface.name): \(error)"
      if line != problem {
        let whole = line + advice.hint(for: error)
        advisedProblem = whole
        log.record(.clockUnavailable, whole, [.interface: interface.name, .reason: whole])
      }
      problem = line
      return .unusable
    }
    if !problem.isEmpty { log.notice("PTP can use \(interface.name) now") }
    problem = ""
    advisedProblem = ""
    wasOpen = true
    silence = SilenceWatch(packets: heard, at: now)
    return .opened(interface, stamps: stamps.kind)
  }

  /// Closes the sockets, if there are any, because their interface or address is gone.
  private mutating func lose() -> [Event] {
    guard let name = ports?.interface.name else { return [] }
    close()
    noBetterThan = nil
    log.info("PTP has lost \(name); the clock continues at the last rate")
    return [.closed]
  }

  private mutating func close() {
    refusedBefore += ports?.refusedSends ?? 0
    ports = nil
    silence = nil
  }

  /// Begins again with the next worse timestamps, because the present ones are missing (TS-09).
  mutating func useWorseStamps(at now: MonotonicInstant) -> [Event] {
    guard let interface = ports?.interface, let worse = ports?.stamps.nextWorse else { return [] }
    log.record(
      .stampsMissing,
      "\(interface.name) gives no transmit timestamps: PTP continues with \(worse.rawValue) ones and is less accurate",
      [.interface: interface.name])
    noBetterThan = worse
    close()
    return [.closed, open(on: interface, at: now)]
  }

  /// The problems of the path to the network.
  var diagnosis: ClockDiagnosis.Path {
    mutating get {
      ClockDiagnosis.Path(
        problem: path.problem, portsProblem: advisedProblem,
        addresses: ports?.interface.addresses ?? [])
    }
  }

  // MARK: Messages

  /// Adds the descriptors for messages, timestamps and changes of interfaces.
  mutating func addDescriptors(to waiting: inout WaitSet) {
    waiting.add(ports?.descriptors.0 ?? -1)
    waiting.add(ports?.descriptors.1 ?? -1)
    waiting.add(monitor?.descriptor ?? -1)
  }

  /// Messages that the kernel refused to send.
  var refusedSends: UInt64 {
    mutating get { refusedBefore + (ports?.refusedSends ?? 0) }
  }

  mutating func send(_ datagram: Datagram) { ports?.send(datagram) }

  mutating func sendStamped(_ datagram: Datagram) -> PTPPorts.Outcome {
    ports?.sendStamped(datagram) ?? .refused
  }

  mutating func discardStamps() { ports?.discardStamps() }

  /// The next message from the socket of `arrival`; nil if there is none.
  mutating func receive(_ arrival: Arrival, into memory: inout [UInt8]) -> PTPSocket.Received? {
    guard let received = ports?.receive(arrival, into: &memory) ?? nil else { return nil }
    heard += 1
    return received
  }
}
