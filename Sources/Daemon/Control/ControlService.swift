// SPDX-License-Identifier: MIT
internal import Hummingbird
internal import HummingbirdCore
internal import LinuxIO
internal import Logging
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the control API on a Unix socket that a group may open.
///
/// One event loop of ordinary priority, a bounded number of connections and bounded requests: whatever
/// is asked, the media threads do not wait for it.
struct ControlService: Service {
  static let mostConnections = 64

  private let path: String
  private let group: String
  private let desk: ControlDesk
  private let log: Logger
  private let quietLog: Logger

  /// - Parameters:
  ///   - group: Who may control the daemon, besides root and its own user.
  ///   - quietLog: For the libraries' own lines.
  init(path: String, group: String, desk: ControlDesk, log: Logger, quietLog: Logger) {
    self.path = path
    self.group = group
    self.desk = desk
    self.log = log
    self.quietLog = quietLog
  }

  func run() async throws {
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // A socket that is not yet the group's is in a directory of our own, where nobody finds it.
    let draft = path + ".new"
    try Files.makeDirectory(draft, mode: 0o700)
    let application = Application(
      router: router(),
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: draft + "/s"), serverName: "aes67d",
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
      onServerRunning: { _ in publish(draft) },
      eventLoopGroupProvider: .shared(loops), logger: quietLog)
    do {
      try await application.run()
    } catch {
      log.tell(.controlUnavailable, "nobody can control aes67d: \(error)", [.reason: "\(error)"])
      try? await gracefulShutdown()
    }
    Files.remove(path)
    try? await loops.shutdownGracefully()
  }

  private func router() -> Router<ControlContext> {
    let router = Router(context: ControlContext.self)
    router.add(middleware: ErrorMiddleware())
    router.addStatusRoutes(desk)
    router.addStreamRoutes(desk)
    router.addReceiverRoutes(desk)
    router.addSessionRoutes(desk)
    router.addMeasurementRoutes(desk)
    router.addConfigurationRoutes(desk)
    router.addLogRoutes(desk)
    router.addEventRoutes(desk)
    return router
  }

  private func publish(_ draft: String) {
    do throws(SystemError) {
      let socket = draft + "/s"
      do throws(SystemError) {
        try Files.give(socket, to: group, mode: 0o660)
      } catch {
        log.tell(
          .controlGroupMissing,
          "only root and this user may control aes67d, not the group \(group): \(error); create it with"
            + " `groupadd --system \(group)` and restart, or name another in control.socket-group",
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
