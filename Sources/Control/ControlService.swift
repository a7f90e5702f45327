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

/// Serves the control API on a Unix socket that a group may open.
///
/// Threads of ordinary priority, a bounded number of connections and bounded requests: whatever
/// is asked, the media threads do not wait for it.
package struct ControlService: Service {
  private let directory: String
  private let settings: Configuration.Control
  private let context: ControlContext
  private let log: Logger
  private let quietLog: Logger

  /// - Parameters:
  ///   - directory: Where the socket is, `control.sock`.
  ///   - settings: Who may control the daemon, besides root and its own user; and from where.
  ///   - quietLog: For the libraries' own lines.
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

  /// Makes the threads of the control side, of which there are two whatever the machine has: before anything else
  /// needs descriptors, because the library ends the process where it finds none for them.
  package static func prepare() { _ = loops }

  /// The process's own, which are never shut down: a connection may have work left when the server has stopped.
  private static let loops: MultiThreadedEventLoopGroup = {
    NIOSingletons.groupLoopCountSuggestion = 2
    return MultiThreadedEventLoopGroup.singleton
  }()

  private var path: String { directory + "/control.sock" }
  private var panel: String { directory + "/panel" }

  package func run() async throws {
    let loops = Self.loops
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await serveSocket(loops) }
      if let port = settings.port { group.addTask { await serveLoopback(port, loops) } }
    }
  }

  private func serveSocket(_ loops: MultiThreadedEventLoopGroup) async {
    // A socket that is not yet the group's is in a directory of our own, where nobody finds it.
    let draft = path + ".new"
    let connections = ConnectionTable()
    do {
      // What a daemon left there that was killed just then.
      Files.remove(draft + "/s")
      Files.remove(draft)
      try Files.makeDirectory(draft, mode: 0o700)
      try await application(
        Self.router(context, connections), connections, at: .unixDomainSocket(path: draft + "/s"),
        loops, then: { publish(draft) }
      ).run()
    } catch {
      log.record(
        .controlUnavailable, "the control socket cannot be opened: \(error)", [.reason: "\(error)"])
      try? await gracefulShutdown()
    }
    Files.remove(path)
  }

  /// For browsers of this host: the same router behind a token, whose file is as well kept as the socket.
  private func serveLoopback(_ port: UInt16, _ loops: MultiThreadedEventLoopGroup) async {
    let token = (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    let connections = ConnectionTable()
    let guardian = LoopbackGuard(port: port, token: token, connections: connections)
    let address = "http://127.0.0.1:\(port)/#token=\(token)\n"
    do {
      try await application(
        Self.router(context, connections, behind: guardian), connections,
        at: .hostname("127.0.0.1", port: Int(port)), loops,
        then: {
          do throws(SystemError) {
            try Files.replace(panel, with: address, readers: .group(settings.socketGroup))
          } catch {
            log.warning("the address of the web panel is in no file: \(error)")
          }
        }
      ).run()
    } catch {
      log.record(
        .controlUnavailable,
        "port \(port) of 127.0.0.1 cannot be opened for the control panel: \(error); choose another"
          + " with control.port", [.reason: "\(error)"])
      try? await gracefulShutdown()
    }
    Files.remove(panel)
  }

  private func application(
    _ router: Router<ControlRequestContext>, _ connections: ConnectionTable,
    at address: BindAddress, _ loops: MultiThreadedEventLoopGroup,
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

  /// Everything that can be asked for.
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
    router.addConfigurationRoutes(context)
    router.addLogRoutes(context)
    router.addEventRoutes(context, connections)
    router.addPanelRoutes()
    routes.take(router)
    return router
  }

  private func publish(_ draft: String) {
    do throws(SystemError) {
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
    } catch {
      log.record(
        .controlUnavailable, "the control socket cannot be opened: \(error)", [.reason: "\(error)"])
    }
  }
}
