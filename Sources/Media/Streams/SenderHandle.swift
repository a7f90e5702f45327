// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import RealTime
internal import StreamEngine
internal import StreamHealth
internal import Synchronization

/// One sender: its configuration, its state, and its socket, counters and reports.
///
/// The transmit thread finds its socket in `MediaMemory.senderSockets`; -1 there withholds the stream's
/// packets, whose sequence numbers and timestamps continue. A sender is therefore never stopped because of the
/// network: a lost link is a gap, not a new stream.
@safe
final class SenderHandle: StreamHandle {
  let id: StreamID
  let place: Int
  var configuration: SenderConfiguration
  var lifecycle = StreamLifecycle.waiting("waiting for a clock or a network interface")
  var warning: String?
  /// The SSRC, which is new at each start: receivers see another sender then.
  private(set) var ssrc = UInt32.random(in: .min ... .max)
  private(set) var reports: SenderReports?

  private let memory: MediaMemory
  private let mixer: EngineMixer
  private let sockets: SenderSockets
  /// A socket of its own, if it is unicast, because an ICMP error of one receiver must not cost another stream
  /// a packet; or if its packets are marked differently.
  private var socket: Owned<SenderSocket>?
  private(set) var farSide = FarSide()
  /// The reason why it has no socket; empty if there is no problem.
  private var failure = ""
  /// The health as of the last check.
  var health: SenderHealth
  /// The departures of the last minute.
  var recentDepartures = RecentCounts()

  init(
    id: StreamID, place: Int, _ configuration: SenderConfiguration, _ memory: MediaMemory,
    _ mixer: EngineMixer, _ sockets: SenderSockets
  ) {
    self.id = id
    self.place = place
    self.configuration = configuration
    self.memory = memory
    self.mixer = mixer
    self.sockets = sockets
    health = SenderHealth(at: MonotonicClock.now)
    // No thread counts there now: the last sender of this place has been returned.
    unsafe (memory.senderCounters + place).initialize(to: SenderCounters())
  }

  /// The counters, which are valid as long as the daemon runs.
  var counters: UnsafePointer<SenderCounters> {
    unsafe UnsafePointer(memory.senderCounters + place)
  }

  private var isMulticast: Bool { configuration.address.isMulticast }

  /// True if it sends through the shared multicast socket.
  private var sharesSocket: Bool {
    isMulticast && configuration.ttl == nil && configuration.dscp == nil
  }

  /// The marking of its packets.
  private var marking: PacketMarking {
    var marking = sockets.marking
    if let ttl = configuration.ttl { marking.ttl = ttl }
    if let dscp = configuration.dscp { marking.dscp = dscp }
    return marking
  }

  // MARK: Running

  /// Starts it, if it waits. It runs even without a network, with its packets withheld.
  func start() {
    guard lifecycle.waitingReason != nil else { return }
    guard configuration.address != .any else {
      lifecycle = .waiting("choosing an unused multicast group")
      return
    }
    unsafe memory.endpoints[place] = Endpoint(
      address: configuration.address.bits, port: configuration.port, isConnected: !isMulticast)
    connect()
    mixer.start(sender: place, settings)
    lifecycle = .running
  }

  /// Its settings in the engine. The first sequence number is random (RTP-02).
  private var settings: SenderSettings {
    SenderSettings(
      route: ChannelRoute(devices: configuration.route), packetTime: configuration.packetTime,
      payloadType: configuration.payloadType, ssrc: ssrc,
      firstSequence: SequenceNumber(.random(in: .min ... .max)))
  }

  func requestStop() { mixer.push(.stop(sender: place)) }

  func release() {
    hand(nil)
    dropSocket()
    reports?.leave(ssrc)
    reports = nil
    ssrc = .random(in: .min ... .max)
  }

  // MARK: The network

  /// Gives up its socket of the previous network.
  func move() {
    hand(nil)
    dropSocket()
    reports = nil
    connect()
  }

  func pause() { hand(nil) }

  func closeReports() { reports = nil }

  func resume() {
    connect()
    reports?.rejoin()
  }

  /// Marks packets as configured now.
  func mark() {
    if let socket, sharesSocket || (try? marking.apply(to: socket.value.file)) == nil {
      hand(nil)
      dropSocket()
    }
    if reports?.mark(marking) == false { reports = nil }
    connect()
  }

  private func dropSocket() {
    sockets.retire(socket)
    socket = nil
    farSide = FarSide()
    failure = ""
  }

  /// Opens a missing socket, and passes it to the transmit thread; or withholds packets from a receiver that
  /// refuses them.
  private func connect() {
    guard sockets.origin != nil else { return hand(nil) }
    guard !sharesSocket else { return hand(sockets.multicast) }
    if socket == nil {
      do throws(SystemError) {
        let receiver = isMulticast ? nil : (configuration.address, configuration.port)
        socket = try sockets.open(to: receiver, marking)
        failure = ""
      } catch {
        failure = "cannot send: \(error); trying again"
      }
    }
    hand(farSide.maySend ? socket : nil)
  }

  private func hand(_ socket: Owned<SenderSocket>?) {
    unsafe memory.senderSockets[place].store(
      socket?.value.file.number ?? -1, ordering: .sequentiallyConsistent)
  }

  // MARK: Time

  /// Reads the errors of its receiver, tries failures again, and sends reports.
  func advance(to now: MonotonicInstant, _ clock: DeviceClock, cname: String) {
    guard lifecycle == .running else { return }
    hear(at: now)
    connect()
    if reports == nil { reports = openReports(cname, at: now) }
    reports?.advance(content(clock), at: now)
  }

  private func hear(at now: MonotonicInstant) {
    guard let socket else { return }
    // Bounded: a queue of a megabyte holds fewer.
    for _ in 0..<4096 {
      guard let problem = socket.value.nextProblem() else { break }
      farSide.heard(problem, at: now)
    }
    farSide.advance(to: now)
  }

  private func openReports(_ cname: String, at now: MonotonicInstant) -> SenderReports? {
    guard configuration.port < .max, let origin = sockets.origin else { return nil }
    let marking = marking
    // A stream does not depend on RTCP.
    guard
      let socket = try? RTCPSocket(
        interface: origin.interface, source: origin.address, destination: configuration.address,
        port: configuration.port + 1, ttl: marking.ttl, dscp: marking.dscp,
        loopback: marking.loopback)
    else { return nil }
    return SenderReports(socket, cname: "\(cname)@\(origin.address)", at: now)
  }

  private func content(_ clock: DeviceClock) -> SenderReports.Content {
    let sent = unsafe counters.pointee.sent
    let payload = UInt64(configuration.channels * configuration.packetTime.frames * 3)
    return SenderReports.Content(
      ssrc: ssrc, packets: sent, octets: sent &* payload, clock: clock)
  }

  // MARK: Status

  /// The reason why it has no socket; empty if there is no problem.
  var socketFailure: String { sharesSocket ? sockets.failure : failure }

  /// The sockets whose errors, and those whose packets, wake the network thread.
  var descriptors: (errors: Int32?, packets: Int32?) {
    (socket?.value.file.number, reports?.descriptor)
  }
}
