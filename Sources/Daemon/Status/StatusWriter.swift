// SPDX-License-Identifier: MIT
package import ControlAPI
internal import EventLog
internal import JSONText
internal import LinuxIO
package import Logging
internal import ServiceLifecycle

/// Rewrites `status.json` four times a second, for people, tests and the command-line tool.
package struct StatusWriter: Service {
  private let directory: String
  private let path: String
  /// Where programs look for the device.
  private let socket: String
  private let readers: Files.Readers
  private let log: Logger
  private let restoreOthers: @Sendable () -> Void
  private let collect: @Sendable () -> DaemonStatus

  /// - Parameters:
  ///   - group: who may read it, besides root: it names the programs of all users.
  ///   - restoreOthers: makes other files of the directory again where they are gone; called after each status.
  package init(
    directory: String, group: String, log: Logger, restoreOthers: @escaping @Sendable () -> Void,
    collect: @escaping @Sendable () -> DaemonStatus
  ) {
    self.directory = directory
    self.restoreOthers = restoreOthers
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
        if !Files.exists(directory) { try Files.makeDirectory(directory) }
        try Files.requireOwnDirectory(directory)
        try Files.replace(path, with: text, readers: readers)
        restoreOthers()
        isBroken = false
      } catch {
        if !isBroken { log.record(.statusUnavailable, "the status cannot be written: \(error)") }
        isBroken = true
      }
      if isCutOff != !Files.exists(socket) {
        isCutOff.toggle()
        if isCutOff {
          log.record(
            .clientsUnavailable,
            "\(socket) has been removed: streams and open programs continue, but no other program finds the device. The"
              + " daemon makes the socket again within a second once its directory exists and only the daemon can write there",
            [.reason: "\(socket) has been removed"])
        } else {
          log.notice("\(socket) is back: programs find the device again")
        }
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(250)) }
    }
    Files.remove(path)
  }
}
