// SPDX-License-Identifier: MIT
package import Addressing
internal import CSharedMemory
package import ControlAPI
package import DaemonConfiguration
package import Device
internal import EventLog
package import LinuxIO
package import Logging
internal import MediaClock
internal import RealTime
internal import ServiceLifecycle
internal import StreamEngine
internal import Synchronization

/// Runs the media threads, and keeps senders and receivers going on whatever network there is.
///
/// The network thread hears of interfaces and addresses at once, and of what far sides say. Only what
/// has changed is opened anew; what cannot be is said once, tried again every second, and hinders no
/// other stream. Streams
/// come, change and go one by one (`StreamChanges.swift`) while the others play on.
package final class StreamService: Service, Sendable {
  /// How often missing sockets are tried again, and interfaces looked at even without news of them.
  private static let retry = Interval.seconds(1)

  /// How soon the network thread looks again at the earliest.
  private static let shortestRound = Interval.milliseconds(10)

  let configuration: Configuration
  private let logger: Logger
  private let sendersMayStart: @Sendable () -> Bool
  let device: DeviceMemory
  let memory: MediaMemory
  let mixer: EngineMixer
  private let meters: Meters
  let streams: Mutex<StreamTable>
  let poller: Poller
  /// Nil where the kernel has none for us: interfaces are polled then.
  private let monitor: InterfaceMonitor?
  private let wakeUp: WakeUp
  private let isStopping = Atomic<Bool>(false)
  let glitchLog = Mutex(GlitchLog())
  /// Rises with every change of the streams or the interface.
  private let changeCount = Atomic<Int>(0)

  /// - Parameters:
  ///   - device: outlives the service.
  ///   - senders: those to begin with, which are sound beside each other; so are `receivers`.
  ///   - sendersMayStart: false while the clock is not settled yet; asked for every round.
  /// - Throws: what the kernel refuses: memory, or the poller.
  package init(
    _ configuration: Configuration,
    senders: [(id: StreamID, configuration: SenderConfiguration)],
    receivers: [(id: StreamID, configuration: ReceiverConfiguration)], device: DeviceMemory,
    sendersMayStart: @escaping @Sendable () -> Bool, logger: Logger
  ) throws(SystemError) {
    self.sendersMayStart = sendersMayStart
    self.configuration = configuration
    self.logger = logger
    self.device = device
    unsafe memory = MediaMemory(device: device.page)
    unsafe meters = Meters(device, scratch: memory.meterScratch)
    mixer = EngineMixer(memory, meters)
    poller = try Poller()
    monitor = try? InterfaceMonitor()
    wakeUp = try WakeUp()
    streams = Mutex(StreamTable(memory, configuration.network, cname: "aes67d"))
    for (id, sender) in senders { addAtStart { try add(sender, id: id) } }
    for (id, receiver) in receivers { addAtStart { try add(receiver, id: id) } }
  }

  private func addAtStart(_ add: () throws -> Void) {
    do {
      try add()
    } catch {
      logger.error("a stream of the configuration is left out: \(error)")
    }
  }

  /// Through which the clients' service hands over programs that play.
  package var playbackMixer: any PlaybackMixer { mixer }

  package func run() async throws {
    let threads = try startThreads()
    let network = try RealTimeThread(name: "network", priority: 0) { [self] in watchNetwork() }
    try? await gracefulShutdown()
    isStopping.store(true, ordering: .relaxed)
    wakeUp.signal()
    network.join()
    closeAll()
    unsafe memory.flags.pointee.stopped.store(true, ordering: .relaxed)
    for thread in threads { thread.join() }
  }

  /// Tells programs the link offset in force, and keeps what could be heard.
  private func noteReceiving() {
    let maximum = streams.withLock { $0.receivers.maximumLinkOffset(memory) }
    device.publish(captureLatency: UInt32(clamping: maximum))
    collectGlitches()
  }

  /// How far the media threads have come.
  package var progress: [ThreadProgress] {
    unsafe [
      .init(
        thread: "media-tx",
        rounds: memory.flags.pointee.transmitRounds.load(ordering: .relaxed)),
      .init(thread: "media-rx", rounds: memory.flags.pointee.receiveRounds.count),
    ]
  }

  /// What one stream does at this moment; nil where there is no such stream.
  package func senderStatus(_ id: StreamID) -> SenderStatus? {
    streams.withLock { $0.senders.status(of: id, memory) }
  }

  package func receiverStatus(_ id: StreamID) -> ReceiverStatus? {
    streams.withLock { $0.receivers.status(of: id, memory) }
  }

  /// What every stream does at this moment.
  package func status() -> (senders: [SenderStatus], receivers: [ReceiverStatus]) {
    streams.withLock { table in (table.senders.status(memory), table.receivers.status(memory)) }
  }

  /// How loud everything is.
  package var levels: MeterSnapshot { meters.snapshot() }

  /// The interface in use, or nil while there is none.
  package func interface() -> (interface: NetworkInterface, address: IPv4Address)? {
    streams.withLock { table in
      guard let interface = table.interface, let address = table.path.address else {
        return nil
      }
      return (interface, address)
    }
  }

  /// Another number than before when streams or interface have changed since.
  var revision: Int { changeCount.load(ordering: .acquiring) }

  func noteChange() { changeCount.wrappingAdd(1, ordering: .acquiringAndReleasing) }

  private func startThreads() throws(SystemError) -> [RealTimeThread] {
    let priority = configuration.realTime.priority
    let lateness = SampleRate.hz48000.frames(in: configuration.streams.maxLateness)
    let reflects = configuration.device.echoes
    let memory = memory
    let (poller, timer) = (poller.number, poller.timer)
    let outgoing = OwnedBatch(try PacketBatch())
    let incoming = OwnedBatch(try PacketBatch())
    return [
      try RealTimeThread(name: "media-tx", priority: priority) {
        var loop = TransmitLoop(
          memory, batch: outgoing.take(), greatestLatenessFrames: lateness, reflects: reflects)
        loop.run()
      },
      // Unoptimised code makes the engine, of 100 kB and more, on the stack several times over.
      try RealTimeThread(name: "media-rx", priority: priority, stackBytes: 2 << 20) {
        var loop = ReceiveLoop(memory, poller: poller, timer: timer, batch: incoming.take())
        loop.run()
      },
    ]
  }

  // MARK: The network thread

  private func watchNetwork() {
    var waiting = WaitSet()
    var nextLook = MonotonicClock.now
    while !isStopping.load(ordering: .relaxed) {
      let now = MonotonicClock.now
      if monitor?.takeNews() == true || now >= nextLook {
        follow()
        nextLook = now + Self.retry
      }
      tend(at: now)
      noteReceiving()
      waiting.removeAll()
      waiting.add(wakeUp.descriptor)
      waiting.add(monitor?.descriptor ?? -1)
      let (errors, packets) = streams.withLock { $0.senders.descriptors }
      for descriptor in errors { waiting.addForErrors(descriptor) }
      for descriptor in packets { waiting.add(descriptor) }
      waiting.wait(milliseconds: Int32(Self.retry.nanoseconds / 1_000_000))
      // Whoever floods us with news keeps this thread no busier than that.
      MonotonicClock.sleep(until: now + Self.shortestRound)
    }
  }

  /// Notices the interface coming, going and changing.
  private func follow() {
    // Without a list nothing is known, so nothing has changed.
    guard let interfaces = try? NetworkInterfaces.list() else { return }
    let (isChanged, line, interface) = streams.withLock { table in
      let isChanged = table.follow(interfaces, memory, poller)
      return (isChanged, table.interfaceNews(), table.interface)
    }
    if let line {
      logger.record(
        interface == nil ? .interfaceMissing : .interfaceFound, line,
        interface.map { [.interface: $0.name] } ?? [:])
    }
    if isChanged { noteChange() }
  }

  /// Opens what is missing, and lets time pass for all streams.
  private func tend(at now: MonotonicInstant) {
    let clock = device.clock
    let (lines, news) = streams.withLock { table in
      let lines = open(&table)
      return (lines, table.advance(to: now, clock, memory, poller))
    }
    warn(lines)
    for stream in news {
      logger.record(
        stream.reason == nil ? .streamRuns : .streamWaits, stream.line,
        [.stream: stream.name, .direction: stream.direction])
    }
  }

  private func closeAll() {
    streams.withLock { table in
      table.senders.close(memory, mixer)
      table.receivers.close(memory, poller)
      table.close()
    }
  }

  /// Starts what waits and can run; lines for the log where it cannot.
  func open(_ table: inout StreamTable) -> [String] {
    guard let interface = table.interface else { return [] }
    let lines = table.receivers.open(on: interface, memory, poller)
    if sendersMayStart() { table.senders.start(memory, mixer) }
    return lines
  }

  func warn(_ lines: [String]) {
    for line in lines { logger.record(.streamWaits, line) }
  }
}

/// Carries a batch into the thread that will own it.
private final class OwnedBatch: Sendable {
  private let batch: Mutex<PacketBatch?>

  init(_ batch: consuming sending PacketBatch) { self.batch = Mutex(batch) }

  func take() -> PacketBatch {
    batch.withLock { batch in
      guard let taken = batch.take() else { preconditionFailure("a batch is taken once") }
      return taken
    }
  }
}
