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
  private let log: Logger
  private let collect: @Sendable () -> DaemonStatus

  package init(path: String, log: Logger, collect: @escaping @Sendable () -> DaemonStatus) {
    self.path = path
    self.log = log
    self.collect = collect
  }

  package func run() async {
    var isBroken = false
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      do {
        let text = try JSONText.pretty(collect())
        try Files.replace(path, with: text)
        isBroken = false
      } catch {
        if !isBroken { log.record(.statusUnavailable, "no status for now: \(error)") }
        isBroken = true
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(250)) }
    }
    Files.remove(path)
  }
}
