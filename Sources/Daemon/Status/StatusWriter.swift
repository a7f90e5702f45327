// SPDX-License-Identifier: MIT
package import ControlAPI
internal import EventLog
internal import JSONText
internal import LinuxIO
package import Logging
internal import ServiceLifecycle

/// Rewrites `status.json` four times a second, for people, tests and the command-line tool.
package struct StatusWriter: Service {
  private let path: String
  /// Where programs look for the device.
  private let socket: String
  private let readers: Files.Readers
  private let log: Logger
  private let collect: @Sendable () -> DaemonStatus

  /// - Parameter group: who may read it, besides root: it names the programs of all users.
  package init(
    directory: String, group: String, log: Logger, collect: @escaping @Sendable () -> DaemonStatus
  ) {
    path = directory + "/status.json"
    socket = directory + "/clients.sock"
    readers = .group(group)
    self.log = log
    self.collect = collect
  }

  package func run() async {
    var isBroken = false
    var isCutOff = false
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      do {
        let text = try JSONText.pretty(collect())
        try Files.replace(path, with: text, readers: readers)
        isBroken = false
      } catch {
        if !isBroken { log.record(.statusUnavailable, "no status for now: \(error)") }
        isBroken = true
      }
      if isCutOff != !Files.exists(socket) {
        isCutOff.toggle()
        if isCutOff {
          log.record(
            .clientsUnavailable,
            "\(socket) has been removed: streams and open programs go on, no other program finds the device; "
              + "restart aes67d to have it back", [.reason: "\(socket) has been removed"])
        }
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(250)) }
    }
    Files.remove(path)
  }
}
