// SPDX-License-Identifier: MIT
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

/// Runs the media threads, and adapts senders and receivers to the network.
///
/// Streams are added, changed and removed one by one (`StreamChanges.swift`), and the network thread follows
/// the interface (`NetworkWatch.swift`), while all other streams play on.
package final class StreamService: Service, Sendable {
  let logger: Logger
  let clockObstacle: @Sendable () -> ClockProblem?
  let clockLoss: @Sendable () -> String?
  let takeAlarm: @Sendable (Alarm) -> Void
  private let priority: Int32
  let device: DeviceMemory
  let memory: MediaMemory
  let mixer: EngineMixer
  let reception: ReceiveControl
  private let meters: Meters
  let settings: Mutex<TransmitSettings>
  /// Held during each whole change, so that changes happen one after the other. Readers of `streams` do not
  /// take it, and wait for no media thread.
  private let changes = Mutex<Void>(())
  /// Held only briefly, never while a media thread is waited for.
  let streams: Mutex<StreamTable>
  let network: WakeableThread
  /// The notifications of the kernel; nil if there are none, in which case interfaces are polled.
  let monitor: InterfaceMonitor?
  let glitchLog = Mutex(GlitchLog())
  let alarmLog = Mutex(AlarmLog())

  /// - Parameters:
  ///   - device: outlives the service.
  ///   - senders: the initial senders, already validated together; `receivers` likewise.
  ///   - clockObstacle: the reason why the clock is not usable yet, for which senders wait; called in every
  ///     round.
  ///   - clockLoss: the reason why the clock does not follow the network's any more; nil if it does, or need
  ///     not.
  ///   - takeAlarm: called by the network thread with each alarm; must not wait.
  /// - Throws: the kernel's refusal of memory or of the poller.
  package init(
    _ configuration: Configuration,
    senders: [(id: StreamID, configuration: SenderConfiguration)],
    receivers: [(id: StreamID, configuration: ReceiverConfiguration)], device: DeviceMemory,
    clockObstacle: @escaping @Sendable () -> ClockProblem?,
    clockLoss: @escaping @Sendable () -> String? = { nil },
    takeAlarm: @escaping @Sendable (Alarm) -> Void = { _ in }, logger: Logger
  ) throws(SystemError) {
    self.clockObstacle = clockObstacle
    self.clockLoss = clockLoss
    self.takeAlarm = takeAlarm
    self.logger = logger
    self.device = device
    priority = configuration.realTime.priority
    settings = Mutex(TransmitSettings(configuration))
    unsafe memory = MediaMemory(device: device.page)
    unsafe meters = Meters(device, scratch: memory.meterScratch)
    mixer = EngineMixer(memory, meters)
    reception = try ReceiveControl(memory)
    monitor = try? InterfaceMonitor()
    network = try WakeableThread(name: "network")
    let marking = PacketMarking(configuration.network)
    streams = Mutex(
      StreamTable(
        SenderTable(memory, mixer, marking, cname: "aes67d"), ReceiverTable(reception),
        configuration.network.interface))
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

  /// The mixer, to which the clients' service passes programs that play.
  package var playbackMixer: any PlaybackMixer { mixer }

  package func run() async throws {
    let threads = try startThreads()
    try network.start { [self] thread in watchNetwork(thread) }
    try? await gracefulShutdown()
    network.stop()
    alter { $0.close() }
    unsafe memory.flags.pointee.stopped.store(true, ordering: .relaxed)
    for thread in threads { thread.join() }
  }

  /// The stack size: unoptimised code makes several copies of the engine, of 100 kB and more each.
  private static var receiveStackBytes: Int {
    #if DEBUG
      2 << 20
    #else
      RealTimeThread.defaultStackBytes
    #endif
  }

  private func startThreads() throws(SystemError) -> [RealTimeThread] {
    let (memory, settings) = (memory, settings.withLock { $0 })
    let (poller, timer) = reception.descriptors
    let outgoing = Handover(try PacketBatch())
    let incoming = Handover(try PacketBatch())
    return [
      try RealTimeThread(name: "media-tx", priority: priority) {
        var loop = TransmitLoop(
          memory, batch: outgoing.take(),
          maximumLatenessFrames: settings.maxLatenessFrames, echoes: settings.echoes)
        loop.run()
      },
      try RealTimeThread(
        name: "media-rx", priority: priority, stackBytes: Self.receiveStackBytes
      ) {
        var loop = ReceiveLoop(memory, poller: poller, timer: timer, batch: incoming.take())
        loop.run()
      },
    ]
  }

  // MARK: Changing

  /// Performs one change of the streams, waits until media threads have returned the streams that it stopped,
  /// and starts waiting streams that can run.
  ///
  /// Only the next change waits for that, not readers. If a media thread hangs, this waits until systemd ends
  /// the daemon; the supervision, which only reads, names the thread before.
  func alter<Answer: Sendable, Failure: Error>(
    _ body: (inout StreamTable) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    let outcome: Result<(Answer, [String]), Failure> = changes.withLock { _ in
      let begun: Result<(Answer, StreamTable.Stops), Failure> = streams.withLock { table in
        do throws(Failure) {
          let answer = try body(&table)
          return .success((answer, table.stopping))
        } catch {
          return .failure(error)
        }
      }
      return begun.map { answer, stops in
        awaitStops(stops)
        return (answer, finish(stops))
      }
    }
    let (answer, lines) = try outcome.get()
    for line in lines { logger.record(.streamWaits, line) }
    return answer
  }

  private func awaitStops(_ stops: StreamTable.Stops) {
    func wait(_ hasStopped: () -> Bool) {
      while !hasStopped() { MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1)) }
    }
    for place in stops.senders { wait { mixer.hasStopped(sender: place) } }
    for place in stops.receivers { wait { reception.hasStopped(receiver: place) } }
  }

  private func finish(_ stops: StreamTable.Stops) -> [String] {
    streams.withLock { table in
      table.finishStops(stops)
      var lines: [String] = []
      if let interface = table.interface {
        lines = table.receivers.open(on: interface)
        if let obstacle = clockObstacle() {
          table.senders.wait(obstacle.text)
        } else {
          table.senders.start()
        }
      } else if !table.path.problem.isEmpty {
        table.senders.wait(table.path.problem)
      }
      publish(table)
      return lines
    }
  }

  /// Publishes the timing of the streams for programs; under the lock of the streams, so that the last
  /// publication is the latest.
  func publish(_ table: borrowing StreamTable) {
    device.publish(StreamTiming(table.senders.all.map(\.configuration)))
    device.publish(captureLatency: UInt32(clamping: table.receivers.maximumLinkOffset))
  }

  // MARK: Status

  /// The progress of the media threads.
  package var progress: [ThreadProgress] {
    unsafe [
      .init(
        thread: "media-tx",
        rounds: memory.flags.pointee.transmitRounds.load(ordering: .relaxed)),
      .init(thread: "media-rx", rounds: memory.flags.pointee.receiveRounds.count),
    ]
  }

  /// The wake-ups of the receive thread.
  package var receptionStatus: ReceptionStatus {
    let running = streams.withLock { $0.receivers.slots.running.count }
    return unsafe ReceptionStatus(
      wakeUps: memory.flags.pointee.wakeUps.count,
      timerWakeUps: memory.flags.pointee.timerWakeUps.count,
      sharedPackets: memory.flags.pointee.sharedPackets.count, sockets: running,
      waitedSockets: Int(memory.flags.pointee.waitedSockets.count),
      waitChanges: memory.flags.pointee.waitChanges.count)
  }

  /// The present status of one stream; nil if there is no such stream.
  package func senderStatus(_ id: StreamID) -> SenderStatus? {
    let (surroundings, levels) = (surroundings, levels.playback)
    return streams.withLock { table in
      table.observe(surroundings, at: MonotonicClock.now)
      return table.senders.slots.find(id)?.status(levels)
    }
  }

  package func receiverStatus(_ id: StreamID) -> ReceiverStatus? {
    let (surroundings, levels) = (surroundings, levels.capture)
    return streams.withLock { table in
      table.observe(surroundings, at: MonotonicClock.now)
      return table.receivers.slots.find(id)?.status(surroundings.clock, levels)
    }
  }

  /// The present status of every stream.
  ///
  /// - Parameter measuresLevels: true to measure its audio, too, which costs more than everything else.
  package func status(
    measuringLevels measuresLevels: Bool = false
  ) -> (senders: [SenderStatus], receivers: [ReceiverStatus]) {
    let (surroundings, levels) = (surroundings, measuresLevels ? levels : nil)
    return streams.withLock { table in
      table.observe(surroundings, at: MonotonicClock.now)
      return (
        table.senders.all.map { $0.status(levels?.playback) },
        table.receivers.all.map { $0.status(surroundings.clock, levels?.capture) }
      )
    }
  }

  /// The present levels of all channels.
  package var levels: MeterSnapshot { meters.snapshot() }
}
