// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import EventLog
internal import Hummingbird
internal import HummingbirdCore
internal import LinuxIO
package import Logging
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the control API on a Unix socket that a group may open.
///
/// One event loop of ordinary priority, a bounded number of connections and bounded requests: whatever
/// is asked, the media threads do not wait for it.
package struct ControlService: Service {
  static let mostConnections = 64

  private let directory: String
  private let control: Configuration.Control
  private let desk: ControlDesk
  private let log: Logger
  private let quietLog: Logger

  /// - Parameters:
  ///   - directory: Where the socket is, `control.sock`.
  ///   - control: Who may control the daemon, besides root and its own user; and from where.
  ///   - quietLog: For the libraries' own lines.
  package init(
    directory: String, control: Configuration.Control, desk: ControlDesk, log: Logger,
    quietLog: Logger
  ) {
    self.directory = directory
    self.control = control
    self.desk = desk
    self.log = log
    self.quietLog = quietLog
  }

  private var path: String { directory + "/control.sock" }
  private var panel: String { directory + "/panel" }

  package func run() async throws {
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await serveSocket(loops) }
      if let port = control.port { group.addTask { await serveLoopback(port, loops) } }
    }
    try? await loops.shutdownGracefully()
  }

  private func serveSocket(_ loops: MultiThreadedEventLoopGroup) async {
    // A socket that is not yet the group's is in a directory of our own, where nobody finds it.
    let draft = path + ".new"
    do {
      try Files.makeDirectory(draft, mode: 0o700)
      try await application(
        router(), at: .unixDomainSocket(path: draft + "/s"), loops, then: { publish(draft) }
      ).run()
    } catch {
      log.tell(.controlUnavailable, "nobody can control aes67d: \(error)", [.reason: "\(error)"])
      try? await gracefulShutdown()
    }
    Files.remove(path)
  }

  /// For browsers of this host: the same router behind a token, whose file is as well kept as the socket.
  private func serveLoopback(_ port: UInt16, _ loops: MultiThreadedEventLoopGroup) async {
    let token = (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    let address = "http://127.0.0.1:\(port)/#token=\(token)\n"
    do {
      try await application(
        router(behind: LoopbackGuard(port: port, token: token)),
        at: .hostname("127.0.0.1", port: Int(port)), loops,
        then: {
          do throws(SystemError) {
            try Files.replace(panel, with: address, mode: 0o600)
            try Files.give(panel, to: control.socketGroup, mode: 0o640)
          } catch {
            log.warning("the address of the web panel is for root alone: \(error)")
          }
        }
      ).run()
    } catch {
      log.tell(
        .controlUnavailable,
        "nobody can control aes67d on port \(port), but by its socket: \(error); choose another in"
          + " control.port", [.reason: "\(error)"])
      try? await gracefulShutdown()
    }
    Files.remove(panel)
  }

  private func application(
    _ router: Router<ControlContext>, at address: BindAddress,
    _ loops: MultiThreadedEventLoopGroup, then running: @escaping @Sendable () -> Void
  ) -> some ApplicationProtocol {
    Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: address, serverName: "aes67d",
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
      onServerRunning: { _ in running() }, eventLoopGroupProvider: .shared(loops), logger: quietLog)
  }

  private func router(behind guardian: LoopbackGuard? = nil) -> Router<ControlContext> {
    let router = Router(context: ControlContext.self)
    router.add(middleware: ErrorMiddleware())
    if let guardian { router.add(middleware: guardian) }
    router.addStatusRoutes(desk)
    router.addStreamRoutes(desk)
    router.addReceiverRoutes(desk)
    router.addSessionRoutes(desk)
    router.addMeasurementRoutes(desk)
    router.addConfigurationRoutes(desk)
    router.addLogRoutes(desk)
    router.addEventRoutes(desk)
    router.addPanelRoutes()
    return router
  }

  private func publish(_ draft: String) {
    do throws(SystemError) {
      let socket = draft + "/s"
      do throws(SystemError) {
        try Files.give(socket, to: control.socketGroup, mode: 0o660)
      } catch {
        log.tell(
          .controlGroupMissing,
          "only root and this user may control aes67d, not the group \(control.socketGroup): \(error); create it with"
            + " `groupadd --system \(control.socketGroup)` and restart, or name another in control.socket-group",
          [.reason: "\(error)"])
        try Files.give(socket, to: nil, mode: 0o660)
      }
      try Files.rename(socket, to: path)
      Files.removeDirectory(draft)
    } catch {
      log.tell(.controlUnavailable, "nobody can control aes67d: \(error)", [.reason: "\(error)"])
    }
  }
}
