// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import ServiceLifecycle
internal import StreamEngine
internal import Synchronization

/// Runs the media threads, and keeps senders and receivers going on whatever network there is.
///
/// Sockets are opened when the interface is there, now or later, and opened anew when it changes;
/// what cannot be opened is said once, tried again every second, and hinders no other stream.
final class StreamService: Service, Sendable {
  /// How often missing sockets are tried again.
  private static let retry = Duration.seconds(1)

  private let configuration: Configuration
  private let logger: Logger
  private let clock: PTPReport
  private let memory: MediaMemory
  private let mixer: EngineMixer
  private let streams: Mutex<StreamTable>
  private let poller: Poller

  /// - Parameters:
  ///   - device: the device page; it outlives the service.
  ///   - clock: says when senders may start.
  /// - Throws: what the kernel refuses: memory, or the poller.
  init(
    _ configuration: Configuration, device: UnsafeMutablePointer<aes67_device>, clock: PTPReport,
    logger: Logger
  ) throws(SystemError) {
    self.clock = clock
    self.configuration = configuration
    self.logger = logger
    unsafe memory = MediaMemory(device: device)
    mixer = EngineMixer(memory)
    poller = try Poller()
    streams = Mutex(StreamTable(configuration))
  }

  /// Through which the clients' service hands over programs that play.
  var playbackMixer: any PlaybackMixer { mixer }

  func run() async throws {
    let threads = try startThreads()
    var network: NetworkInterface?
    while !Task.isShuttingDownGracefully {
      follow(&network)
      openMissing(on: network)
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.retry) }
    }
    unsafe memory.flags.pointee.stopped.store(true, ordering: .relaxed)
    for thread in threads { thread.join() }
  }

  /// What every stream does at this moment.
  func status() -> (senders: [SenderStatus], receivers: [ReceiverStatus]) {
    streams.withLock { table in (table.senderStatus(memory), table.receiverStatus(memory)) }
  }

  /// The interface in use, or nil while there is none.
  func interface() -> (interface: NetworkInterface, address: IPv4Address)? {
    streams.withLock { table in
      guard let interface = table.interface, let address = interface.addresses.first else {
        return nil
      }
      return (interface, address)
    }
  }

  private func startThreads() throws(SystemError) -> [RealTimeThread] {
    let priority = configuration.realTime.priority
    let lateness = SampleRate.hz48000.frames(in: configuration.maxLateness)
    let memory = memory
    let poller = poller.number
    let outgoing = BatchBox(try PacketBatch())
    let incoming = BatchBox(try PacketBatch())
    return [
      try RealTimeThread(name: "media-tx", priority: priority) {
        var loop = TransmitLoop(memory, batch: outgoing.take(), greatestLatenessFrames: lateness)
        loop.run()
      },
      try RealTimeThread(name: "media-rx", priority: priority) {
        var loop = ReceiveLoop(memory, poller: poller, batch: incoming.take())
        loop.run()
      },
    ]
  }

  /// Notices the interface coming, going and changing; closes all sockets when it did.
  private func follow(_ network: inout NetworkInterface?) {
    let interfaces = (try? NetworkInterfaces.list()) ?? []
    let found = configuration.network.interface.find(among: interfaces)
    let usable = found.flatMap { $0.isUsable ? $0 : nil }
    let changed = usable?.index != network?.index || usable?.addresses != network?.addresses
    if changed { closeAll() }
    network = usable
    streams.withLock { table in
      if let line = table.noteInterface(usable, found, among: interfaces, configuration) {
        logger.log(level: usable == nil ? .warning : .info, "\(line)")
      }
    }
  }

  private func closeAll() {
    streams.withLock { table in
      table.stopSenders(memory, mixer)
      table.stopReceivers(memory, poller)
    }
  }

  private func openMissing(on network: NetworkInterface?) {
    guard let network, let address = network.addresses.first else { return }
    let lines = streams.withLock { table in
      let lines = table.openReceivers(on: network, memory, poller)
      guard clock.isSettled else { return lines }
      return lines
        + table.openSenders(configuration.network, on: network, from: address, memory, mixer)
    }
    for line in lines { logger.warning("\(line)") }
  }
}

/// Carries a batch into the thread that will own it.
private final class BatchBox: Sendable {
  private let batch: Mutex<PacketBatch?>

  init(_ batch: consuming sending PacketBatch) { self.batch = Mutex(batch) }

  func take() -> PacketBatch {
    batch.withLock { batch in
      guard let taken = batch.take() else { preconditionFailure("a batch is taken once") }
      return taken
    }
  }
}
