// SPDX-License-Identifier: MIT
internal import Addressing
internal import Clocking
internal import Control
internal import ControlAPI
package import DaemonConfiguration
internal import Device
internal import Discovery
package import EventLog
internal import LinuxIO
package import Logging
internal import Media
internal import MediaClock
internal import PTP
internal import ServiceLifecycle
internal import Session
internal import UnixSignals

/// The sound card: everything that runs between the programs of this host and its network.
package struct Daemon: Sendable {
  package static let version = aes67Version
  /// The descriptors that the daemon needs before the first stream and the first client. With fewer it would
  /// stop during its start, and could not be asked why.
  private static let minimumDescriptors = 64

  private let options: Options
  private let sources: ConfigurationSources
  /// The file's configuration.
  package let configuration: Configuration

  /// Reads and checks the configuration file; the defaults apply if the default file is missing.
  package init(_ options: Options) throws(ConfigurationError) {
    MemoryLock.limitHeaps()
    self.options = options
    sources = try ConfigurationSources(options)
    configuration = try sources.configuration(overriding: [:], LayoutAssignment())
  }

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Parameter level: the level of `log`, which users with control of the daemon may change.
  package func run(log: Logger, level: LogLevel) async throws {
    let store = StateStore(directory: options.state, log: log)
    try DescriptorLimit.require(Self.minimumDescriptors)
    ControlService.prepare()
    let start = StartingConfiguration(sources, configuration, store: store, log: log)
    if options.logLevel == nil { level.follow(start.configuration.log) }
    try await RunningDaemon(options, start.configuration, log: log, level: level)
      .serve(start, store)
  }
}

/// The daemon with the configuration that it starts with.
private struct RunningDaemon: Sendable {
  private let options: Options
  private let configuration: Configuration
  private let log: Logger
  private let level: LogLevel

  init(_ options: Options, _ configuration: Configuration, log: Logger, level: LogLevel) {
    self.options = options
    self.configuration = configuration
    self.log = log
    self.level = level
  }

  func serve(_ start: StartingConfiguration, _ store: StateStore) async throws {
    let directory = options.directory
    let readers = configuration.control.socketGroup
    try Files.makeDirectory(directory)
    try Files.requireOwnDirectory(directory)
    let listener = try ClientListener(
      path: directory + "/clients.sock", group: configuration.device.socketGroup)
    let device = try makeDevice(start)
    let realTime = establishRealTime()

    let clock = ClockService(configuration, device: device, directory: directory, log: log)
    let hook = AlarmHook(command: configuration.alarms.command, log: log)
    let streams = try StreamService(
      configuration, senders: start.senders, receivers: start.receivers, device: device,
      clockObstacle: { [report = clock.report] in report.obstacle },
      clockLoss: { [report = clock.report] in report.loss(device.clock.state) },
      takeAlarm: hook.take, logger: log)
    let clients = try ClientService(
      listener, device: device, mixer: streams.playbackMixer, log: log)
    let names = ChannelNames(device)
    let sessionsFile = SessionsFile(
      path: directory + "/sessions.json", readers: .group(readers), log: log, heard: names.hear)
    let (numbers, numberSink) = AsyncStream.makeStream(of: UInt8?.self)
    let sessions = try SessionService(
      configuration, streams: streams,
      grandmaster: { [report = clock.report] in report.grandmaster.map(FollowedClock.init) },
      store: store, publish: sessionsFile.write, assignNumber: { numberSink.yield($0) }, log: log)
    let measure: @Sendable (Bool) -> DaemonStatus = {
      collectStatus(device, realTime, clock, streams.status(measuringLevels: $0), streams, clients)
    }
    let past = ClockPast()
    let readings = StatusReadings(names.following(past.following { measure(false) }))
    let status = StatusWriter(
      directory: directory, group: readers, log: log, restoreOthers: sessionsFile.restore,
      collect: readings.read)
    let manager = ConfigurationManager(
      start, options: options,
      users: ConfigurationManager.Users(
        streams: streams, sessions: { sessions.status },
        description: { sessions.description(of: $0, $1) },
        apply: { [options, level] new in
          streams.apply(new)
          device.publish(minimumPeriod: new.device.minimumPeriod)
          clock.apply(new)
          sessions.apply(new)
          hook.use(new.alarms.command)
          if options.logLevel == nil { level.follow(new.log) }
        }), store: store, log: log)
    let control = ControlService(
      directory: directory, settings: configuration.control,
      context: ControlContext(
        status: StatusReader(
          measuring: { measure(true) }, readings: readings, streams: streams, sessions: sessions,
          past: past, clock: clock.report),
        streams: manager, configuration: manager, presets: manager, logLevel: level),
      log: log, quietLog: quietLog)
    log.record(
      .started, "aes67d \(Daemon.version) runs in \(directory)", [.version: Daemon.version])
    // They stop in the reverse order: clients keep their memory until the media threads have ended.
    let group = ServiceGroup(
      services: [
        clock, clients, hook, streams, sessions, status, control,
        ReloadService(manager: manager, notifier: ServiceNotifier()),
        NumberService(manager: manager, numbers: numbers),
        monitor(streams, clock, { readings.last }),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLog)
    try await group.run()
    log.record(.stopped, "aes67d has stopped")
  }

  /// Supervises the threads, and frees the memory of the start once that is over.
  private func monitor(
    _ streams: StreamService, _ clock: ClockService,
    _ collect: @escaping @Sendable () -> DaemonStatus
  ) -> ServiceMonitor {
    ServiceMonitor(
      notifier: ServiceNotifier(), log: log,
      progress: { streams.progress + clock.progress }, status: collect,
      startIsOver: { [settings = configuration.realTime] in
        if settings.locksMemory { MemoryLock.releaseOtherCode() }
      })
  }

  private func makeDevice(_ start: StartingConfiguration) throws -> DeviceMemory {
    let sample = TimeSample.take()
    let device = try DeviceMemory(
      minimumPeriod: configuration.device.minimumPeriod,
      timing: StreamTiming(start.senders.map(\.configuration)), born: sample.monotonic)
    device.publish(DeviceClock(starting: configuration.clock, at: sample))
    return device
  }

  private func establishRealTime() -> RealTimeStatus {
    let realTime = RealTimeStatus.establish(configuration.realTime)
    if realTime.mode == .degraded {
      log.record(
        .realTimeRefused, "sound may drop out while this host is busy: \(realTime.reason)",
        [.reason: realTime.reason])
    }
    return realTime
  }

  /// The log for the lifecycle's own lines, which are for debugging.
  private var quietLog: Logger {
    var quiet = log
    if log.logLevel > .trace { quiet.logLevel = .error }
    return quiet
  }

  private func collectStatus(
    _ device: DeviceMemory, _ realTime: RealTimeStatus, _ clockService: ClockService,
    _ states: (senders: [SenderStatus], receivers: [ReceiverStatus]), _ streams: StreamService,
    _ clients: ClientService
  ) -> DaemonStatus {
    let clock = device.clock
    let ptp = clockService.report
    return DaemonStatus(
      version: Daemon.version, host: String(HostName.current.prefix { $0 != "." }),
      instance: options.instance,
      interface: streams.interface().map { interface, address in
        DaemonStatus.Interface(
          name: interface.name, index: interface.index, address: address.description,
          kind: interface.kind.rawValue)
      }, interfaceProblem: streams.interfaceProblem, realTime: realTime,
      reception: streams.receptionStatus,
      clock: DaemonStatus.Clock(
        state: clock.state.text, deviceFrame: clock.relation.frame(at: MonotonicClock.now).index,
        mediaOffset: clock.mediaOffset.frames, rateDivisor: configuration.clock.rateDivisor,
        source: clockService.source.description, host: ptp.host?.text,
        external: ptp.external, problems: ptp.problems),
      ptp: ptp.status,
      senders: states.senders, receivers: states.receivers, clients: clients.statuses)
  }
}

extension FollowedClock {
  /// The grandmaster in the form of session descriptions.
  init(_ grandmaster: Grandmaster) {
    self.init(
      domain: UInt8(clamping: grandmaster.domain),
      grandmaster: grandmaster.identity)
  }
}

extension LogLevel {
  /// Sets the level of the configuration.
  fileprivate func follow(_ log: Configuration.Log) {
    if let new = Logger.Level(rawValue: log.level.rawValue) { level = new }
  }
}
