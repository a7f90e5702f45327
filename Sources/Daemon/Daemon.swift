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

  private let options: Options
  private let configuration: Configuration
  private let log: Logger
  private let logLevel: LogLevel

  /// - Parameter level: Of `log`; whoever controls the daemon may change it.
  package init(_ options: Options, _ configuration: Configuration, log: Logger, level: LogLevel) {
    self.options = options
    self.configuration = configuration
    self.log = log
    logLevel = level
  }

  /// Reads and checks the configuration file; the defaults where the default file is missing.
  ///
  /// - Parameter settings: What stands before the file's values.
  package static func configuration(
    _ options: Options, settings: [String: String] = [:]
  ) throws -> Configuration {
    let isMissing = options.configurationFile == nil && !Files.exists(options.file)
    var configuration = try Configuration(
      parsing: isMissing ? "" : Files.read(options.file), file: options.file, shelf: options.shelf,
      settings: settings)
    if let interface = options.interface { configuration.network.interface = .named(interface) }
    return configuration
  }

  /// Runs until SIGTERM or SIGINT.
  package func run() async throws {
    let store = StateStore(directory: options.state, log: log)
    let (file, choices) = chosen(store)
    let effective = withStreams(file, choices)
    try await Daemon(options, effective, log: log, level: logLevel).serve(file, choices, store)
  }

  /// - Parameter file: The configuration without the streams that were changed at run time.
  private func serve(_ file: Configuration, _ choices: Choices, _ store: StateStore) async throws {
    let directory = options.directory
    try Files.makeDirectory(directory)
    let listener = try ClientListener(
      path: directory + "/clients.sock", group: configuration.device.socketGroup)
    let sample = TimeSample.take()
    let device = try DeviceMemory(
      minimumPeriod: configuration.device.minimumPeriod,
      timing: StreamTiming(configuration.senders, configuration.receivers), born: sample.monotonic)
    device.publish(DeviceClock(starting: configuration.clock, at: sample))
    let realTime = establishRealTime()

    let clock = try ClockService(
      configuration, device: device, directory: directory, log: log)
    let streams = try StreamService(
      configuration, device: device,
      sendersMayStart: { [report = clock.report] in report.isSettled },
      logger: log)
    let clients = try ClientService(
      listener, device: device, mixer: streams.playbackMixer, log: log)
    let sessions = try SessionService(
      configuration, streams: streams,
      grandmaster: { [report = clock.report] in report.grandmaster.map(FollowedClock.init) },
      store: store, publish: SessionsFile(path: directory + "/sessions.json", log: log).write,
      log: log)
    let collect: @Sendable () -> DaemonStatus = {
      collectStatus(device, realTime, clock.report, streams, clients)
    }
    let status = StatusWriter(path: directory + "/status.json", log: log, collect: collect)
    let manager = ConfigurationManager(
      options, file, choices, streams: streams, device: device, store: store, logLevel: logLevel,
      log: log)
    let control = ControlService(
      directory: directory, settings: configuration.control,
      context: ControlContext(
        status: collect, streams: streams, sessions: { sessions.status }, manager: manager,
        logLevel: logLevel),
      log: log, quietLog: quietLog)
    let monitor = ServiceMonitor(
      notifier: ServiceNotifier(), log: log,
      progress: { streams.progress + clock.progress }, status: collect)
    log.record(
      .started, "aes67d \(Self.version) runs in \(directory)", [.version: Self.version])
    // They stop in the opposite order: clients keep their memory until the media threads are gone.
    let group = ServiceGroup(
      services: [
        clock, clients, streams, sessions, status, control,
        ReloadService(manager: manager, notifier: ServiceNotifier()), monitor,
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLog)
    try await group.run()
    log.record(.stopped, "aes67d has stopped")
  }

  /// The configuration with the settings that were chosen at run time, and all that was.
  private func chosen(_ store: StateStore) -> (Configuration, Choices) {
    var choices =
      store.load(Choices.subject, version: Choices.formVersion, as: Choices.self) ?? Choices()
    do {
      let chosen = try Self.configuration(options, settings: choices.settings)
      if options.logLevel == nil { logLevel.level = chosen.logLevel }
      return (chosen, choices)
    } catch {
      log.record(
        .choicesRefused,
        "what was chosen at run time is left out, and the file alone holds: \(error)",
        [.reason: "\(error)"])
      choices.settings = [:]
      return (configuration, choices)
    }
  }

  private func withStreams(_ file: Configuration, _ choices: Choices) -> Configuration {
    let (configuration, problems) = file.with(choices)
    for problem in problems {
      log.record(
        .choicesRefused, "a stream of run time is left out: \(problem)", [.reason: problem])
    }
    return configuration
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

  /// The lifecycle's own lines are for whoever debugs it.
  private var quietLog: Logger {
    var quiet = log
    if log.logLevel > .trace { quiet.logLevel = .error }
    return quiet
  }

  private func collectStatus(
    _ device: DeviceMemory, _ realTime: RealTimeStatus, _ ptp: PTPReport,
    _ streams: StreamService, _ clients: ClientService
  ) -> DaemonStatus {
    let clock = device.clock
    let (senders, receivers) = streams.status()
    return DaemonStatus(
      version: Self.version, instance: options.instance,
      interface: streams.interface().map { interface, address in
        DaemonStatus.Interface(
          name: interface.name, index: interface.index, address: address.description)
      }, realTime: realTime,
      clock: DaemonStatus.Clock(
        state: clock.state.text, deviceFrame: clock.relation.frame(at: MonotonicClock.now).index,
        mediaOffset: clock.mediaOffset.frames, rateDivisor: configuration.clock.rateDivisor,
        source: configuration.clock.source.description, host: ptp.host?.text,
        external: ptp.external),
      ptp: ptp.status,
      senders: senders, receivers: receivers, clients: clients.statuses)
  }
}

extension FollowedClock {
  /// The grandmaster as descriptions of sessions name it.
  init(_ grandmaster: Grandmaster) {
    self.init(
      domain: UInt8(clamping: grandmaster.domain),
      grandmaster: GrandmasterIdentity(bits: grandmaster.identity.bits))
  }
}
