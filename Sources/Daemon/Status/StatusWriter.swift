// SPDX-License-Identifier: MIT
internal import FoundationEssentials
internal import LinuxIO
public import Logging
public import ServiceLifecycle

/// Rewrites `status.json` four times a second, for people, tests and the command-line tool.
public struct StatusWriter: Service {
  private let path: String
  private let log: Logger
  private let collect: @Sendable () -> DaemonStatus

  public init(path: String, log: Logger, collect: @escaping @Sendable () -> DaemonStatus) {
    self.path = path
    self.log = log
    self.collect = collect
  }

  public func run() async {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    var isBroken = false
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      do {
        let text = String(decoding: try encoder.encode(collect()), as: UTF8.self)
        try Files.replace(path, with: text + "\n")
        isBroken = false
      } catch {
        if !isBroken { log.error("no status for now: \(error)") }
        isBroken = true
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(250)) }
    }
    Files.remove(path)
  }
}
