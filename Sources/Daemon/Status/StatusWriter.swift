// SPDX-License-Identifier: MIT
package import ControlAPI
internal import EventLog
internal import JSONText
internal import LinuxIO
package import Logging
internal import ServiceLifecycle

/// Writes `status.json` for users, tests and the command-line tool: once a second, and four times a second
/// while a program reads it.
package struct StatusWriter: Service {
  private let directory: String
  private let path: String
  /// The path at which programs connect to the device.
  private let socket: String
  private let readers: Files.Readers
  private let log: Logger
  private let restoreOthers: @Sendable () -> Void
  private let collect: @Sendable () -> DaemonStatus

  /// - Parameters:
  ///   - group: the group that can read it, besides root, because it names the programs of all users.
  ///   - restoreOthers: writes other files of the directory again if they were removed; called after each
  ///     status.
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

  /// Writes on a thread of its own until the daemon stops, and removes the file then.
  package func run() async throws {
    let thread = try WakeableThread(name: "status")
    try thread.start { thread in
      var isBroken = false
      var isCutOff = false
      var looks = 0
      var waiting = WaitSet()
      while !thread.isStopping {
        if looks % Self.looksAtRest == 0 || isMissed {
          write(&isBroken)
          reportWhetherProgramsFindTheDevice(&isCutOff)
          looks = 0
        }
        looks += 1
        waiting.removeAll()
        waiting.add(thread.stopDescriptor)
        waiting.wait(milliseconds: Self.lookMilliseconds)
      }
    }
    try? await gracefulShutdown()
    thread.stop()
    Files.remove(path)
  }

  private static let lookMilliseconds: Int32 = 250
  /// The number of looks for each write while no program reads the file.
  private static let looksAtRest = 4

  /// True if a program has read the file since it was written, and may do so again, or if it was removed.
  private var isMissed: Bool { Files.wasRead(path) || !Files.exists(path) }

  private func write(_ isBroken: inout Bool) {
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
  }

  private func reportWhetherProgramsFindTheDevice(_ isCutOff: inout Bool) {
    guard isCutOff == Files.exists(socket) else { return }
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
}
