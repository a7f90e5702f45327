// SPDX-License-Identifier: MIT
internal import EventLog
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import LinuxIO
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the control panel to browsers of this host: the same routes on 127.0.0.1, behind a token whose file
/// is as protected as the socket.
struct PanelServer: Sendable {
  /// The number of ports after the configured one that are tried if other programs use them.
  static let alternatives: UInt16 = 16

  let directory: String
  /// The group that can read the token.
  let group: String
  let context: ControlContext
  let log: Logger
  let quietLog: Logger

  private var path: String { directory + "/panel" }

  /// Serves until the daemon stops.
  func run(on port: UInt16, _ loops: MultiThreadedEventLoopGroup) async {
    let ports = port...(port + min(Self.alternatives, .max - port))
    do {
      for candidate in ports where try await serve(candidate, instead: port, loops) { break }
    } catch {
      let place = ports.count > 1 ? "ports \(port) to \(ports.upperBound)" : "port \(port)"
      let reason = isTaken(error) ? "other programs have them" : "\(error)"
      log.record(
        .controlUnavailable,
        "\(isTaken(error) ? place : "port \(port)") of 127.0.0.1 cannot be opened for the control panel: \(reason);"
          + " choose another with control.port", [.reason: reason])
      try? await gracefulShutdown()
    }
    Files.remove(path)
  }

  private func isTaken(_ error: any Error) -> Bool { (error as? IOError)?.errnoCode == EADDRINUSE }

  /// Serves on one port. Returns false if another program uses it, and there are others to try.
  private func serve(
    _ port: UInt16, instead wanted: UInt16, _ loops: MultiThreadedEventLoopGroup
  ) async throws -> Bool {
    let token = BrowserSessions.secret()
    let connections = ConnectionTable()
    let guardian = LoopbackGuard(port: port, token: token, connections: connections)
    let address = "http://127.0.0.1:\(port)/#token=\(token)\n"
    let file = PublishedFile(path: path, readers: .group(group))
    let server = ControlService.application(
      ControlService.router(context, connections, behind: guardian), connections,
      at: .hostname("127.0.0.1", port: Int(port)), loops, quietLog,
      then: {
        if port != wanted {
          log.notice(
            "port \(wanted) of 127.0.0.1 is in use: the control panel is at port \(port); `aes67 panel` prints its address"
          )
        }
        publish(address, in: file)
      })
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await server.run() }
        tasks.addTask {
          await ControlService.look(while: {
            try? file.restore()
            return true
          })
        }
        while try await tasks.next() != nil {}
      }
    } catch  where isTaken(error) && port - wanted < min(Self.alternatives, .max - wanted) {
      return false
    }
    return true
  }

  private func publish(_ address: String, in file: PublishedFile) {
    do throws(SystemError) {
      try file.write(address)
    } catch {
      log.warning("the address of the control panel could not be saved: \(error); trying again")
    }
  }
}
