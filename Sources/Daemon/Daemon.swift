// SPDX-License-Identifier: MIT
internal import LinuxIO
public import Logging
internal import MediaClock
internal import ServiceLifecycle
internal import UnixSignals

/// The sound card: everything that runs between the programs of this host and its network.
public struct Daemon: Sendable {
  public static let version = "0.1.0"

  private let options: Options
  private let configuration: Configuration
  private let log: Logger

  public init(_ options: Options, _ configuration: Configuration, log: Logger) {
    self.options = options
    self.configuration = configuration
    self.log = log
  }

  /// Reads and checks the configuration file; the defaults where the default file is missing.
  public static func configuration(_ options: Options) throws -> Configuration {
    let file = options.configurationFile ?? Options.defaultConfigurationFile
    if options.configurationFile == nil, !Files.exists(file) { return Configuration() }
    return try Configuration(parsing: Files.read(file), file: file)
  }

  /// Runs until SIGTERM or SIGINT.
  public func run() async throws {
    let directory = options.directory
    try Files.makeDirectory(directory)
    let listener = try ClientListener(
      path: directory + "/clients.sock", group: configuration.device.socketGroup)
    let sample = TimeSample.take()
    let device = try DeviceMemory(configuration, born: sample.monotonic)
    device.publish(DeviceClock(starting: configuration.clock, at: sample))
    let realTime = establishRealTime()

    let clock = try ClockService(configuration, device: device, log: log)
    // Safety: the device memory lives until run() ends, after every service.
    let streams = try unsafe StreamService(
      configuration, device: device.page, clock: clock.report, logger: log)
    let clients = try ClientService(
      listener, device: device, mixer: streams.playbackMixer, log: log)
    let status = StatusWriter(path: directory + "/status.json", log: log) {
      collectStatus(device, realTime, clock.report, streams, clients)
    }
    log.notice("aes67d \(Self.version) runs in \(directory)")
    // They stop in the opposite order: clients keep their memory until the media threads are gone.
    let group = ServiceGroup(
      services: [clock, clients, streams, status, ReadinessService()],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLog)
    try await group.run()
    log.notice("aes67d has stopped")
  }

  private func establishRealTime() -> RealTimeStatus {
    let realTime = RealTimeStatus.establish(configuration.realTime)
    if realTime.mode == .degraded {
      log.warning("sound may drop out while this host is busy: \(realTime.reason)")
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
      interface: streams.interface().map(DaemonStatus.Interface.init), realTime: realTime,
      clock: DaemonStatus.Clock(
        state: clock.state.text, deviceFrame: clock.relation.frame(at: MonotonicClock.now).index,
        mediaOffset: clock.mediaOffset.frames, rateDivisor: configuration.clock.rateDivisor),
      ptp: ptp.status,
      senders: senders, receivers: receivers, clients: clients.statuses)
  }
}

/// Tells systemd when the daemon is ready and when it stops.
private struct ReadinessService: Service {
  func run() async {
    let notifier = ServiceNotifier()
    notifier.ready(status: "Running")
    try? await gracefulShutdown()
    notifier.stopping()
  }
}
