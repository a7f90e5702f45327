// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import EventLog
internal import Hummingbird
internal import HummingbirdCore
internal import LinuxIO
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// Serves the control API on a Unix socket that a group may open.
///
/// Its threads have ordinary priority, and connections and requests are limited, so that no request can delay
/// the media threads.
package struct ControlService: Service {
  private let directory: String
  private let settings: Configuration.Control
  private let context: ControlContext
  private let log: Logger
  private let quietLog: Logger

  /// - Parameters:
  ///   - directory: the directory of the socket, `control.sock`.
  ///   - settings: the group that may control the daemon, besides root and its own user; and the port.
  ///   - quietLog: for the libraries' own lines.
  package init(
    directory: String, settings: Configuration.Control, context: ControlContext, log: Logger,
    quietLog: Logger
  ) {
    self.directory = directory
    self.settings = settings
    self.context = context
    self.log = log
    self.quietLog = quietLog
  }

  /// Makes the two threads of the control side before anything else needs descriptors, because the library ends
  /// the process if it finds none for them.
  package static func prepare() { _ = loops }

  /// The event loops of the process, which are never shut down: a connection may have work left when the server
  /// has stopped.
  private static let loops: MultiThreadedEventLoopGroup = {
    NIOSingletons.groupLoopCountSuggestion = 2
    return MultiThreadedEventLoopGroup.singleton
  }()

  /// The interval at which the existence of the files is checked.
  static let lookInterval = Duration.seconds(1)

  private var path: String { directory + "/control.sock" }

  package func run() async throws {
    let loops = Self.loops
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await serveSocket(loops) }
      if let port = settings.port {
        group.addTask {
          await PanelServer(
            directory: directory, group: settings.socketGroup, context: context, log: log,
            quietLog: quietLog
          ).run(on: port, loops)
        }
      }
    }
  }

  private func serveSocket(_ loops: MultiThreadedEventLoopGroup) async {
    var isBroken = false
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      do {
        try await serveSocketWhileThere(loops)
        isBroken = false
      } catch {
        if !isBroken {
          log.record(
            .controlUnavailable, "the control socket cannot be opened: \(error)",
            [.reason: "\(error)"])
        }
        isBroken = true
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.lookInterval) }
      }
    }
    Files.remove(path)
  }

  /// Serves until the daemon stops, or until the socket's file was removed and can be made again. Connected
  /// programs have to connect again then.
  ///
  /// - Throws: the reason why there is no socket; the caller can try again.
  private func serveSocketWhileThere(_ loops: MultiThreadedEventLoopGroup) async throws {
    // Before its group is set, the socket is in a private directory.
    let draft = path + ".new"
    let connections = ConnectionTable()
    let place = Place()
    // Left over from a daemon that was killed at this point.
    Files.remove(draft + "/s")
    Files.remove(draft)
    try Files.makeDirectory(draft, mode: 0o700)
    defer {
      Files.remove(draft + "/s")
      Files.removeDirectory(draft)
    }
    let server = Self.application(
      Self.router(context, connections), connections, at: .unixDomainSocket(path: draft + "/s"),
      loops, quietLog,
      then: {
        let result = Result { () throws(SystemError) in try publish(draft) }
        place.taking.withLock { $0 = result }
      })
    let group = ServiceGroup(services: [server], logger: quietLog)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask {
        await Self.look(while: {
          switch place.taking.withLock(\.self) {
          case nil: true
          case .success?: !Files.canRestore(path)
          case .failure?: false
          }
        })
        await group.triggerGracefulShutdown()
      }
      while try await tasks.next() != nil {}
    }
    try place.taking.withLock(\.self)?.get()
  }

  /// Waits as long as a condition holds, which is checked each second, and at most until the daemon stops.
  static func look(while condition: @Sendable () -> Bool) async {
    repeat {
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.lookInterval) }
    } while condition() && !Task.isShuttingDownGracefully && !Task.isCancelled
  }

  /// A server of these routes, for either socket.
  static func application(
    _ router: Router<ControlRequestContext>, _ connections: ConnectionTable,
    at address: BindAddress, _ loops: MultiThreadedEventLoopGroup, _ quietLog: Logger,
    then running: @escaping @Sendable () -> Void
  ) -> some ApplicationProtocol {
    Application(
      router: router,
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [ConnectionGuard(connections)])),
      configuration: ApplicationConfiguration(address: address, serverName: "aes67d"),
      onServerRunning: { _ in running() }, eventLoopGroupProvider: .shared(loops), logger: quietLog)
  }

  /// All routes.
  static func router(
    _ context: ControlContext, _ connections: ConnectionTable = ConnectionTable(),
    behind guardian: LoopbackGuard? = nil
  ) -> Router<ControlRequestContext> {
    let router = Router(context: ControlRequestContext.self)
    let routes = KnownRoutes()
    router.add(middleware: ErrorMiddleware(routes: routes))
    if let guardian { router.add(middleware: guardian) }
    router.addStatusRoutes(context)
    router.addSenderRoutes(context)
    router.addReceiverRoutes(context)
    router.addSessionRoutes(context)
    router.addMeasurementRoutes(context)
    router.addFaultRoutes(context)
    router.addConfigurationRoutes(context)
    router.addPresetRoutes(context)
    router.addLogRoutes(context)
    router.addEventRoutes(context, connections)
    router.addPanelRoutes(guardian)
    routes.take(router)
    return router
  }

  /// Sets the group of the socket and gives it its name.
  private func publish(_ draft: String) throws(SystemError) {
    let socket = draft + "/s"
    do throws(SystemError) {
      try Files.give(socket, to: settings.socketGroup, mode: 0o660)
    } catch {
      log.record(
        .controlGroupMissing,
        "only root and this user may control aes67d, not the group \(settings.socketGroup): \(error); create it with"
          + " `groupadd --system \(settings.socketGroup)` and restart, or name another in control.socket-group",
        [.reason: "\(error)"])
      try Files.give(socket, to: nil, mode: 0o660)
    }
    try Files.rename(socket, to: path)
    Files.removeDirectory(draft)
  }
}

/// The attempt to give the control socket its name.
private final class Place: Sendable {
  /// Nil until that was tried.
  let taking = Mutex<Result<Void, SystemError>?>(nil)
}
