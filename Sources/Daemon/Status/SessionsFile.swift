// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import JSONText
internal import LinuxIO
internal import Logging

/// The file `sessions.json`: all announced sessions, for users, tests and the command-line tool.
final class SessionsFile: Sendable {
  private let file: PublishedFile
  private let log: Logger
  private let heard: @Sendable (SessionsStatus?) -> Void

  /// - Parameters:
  ///   - readers: the users who may control the daemon, because the file has names and URLs of the network.
  ///   - heard: called with the content each time that it is written.
  init(
    path: String, readers: Files.Readers, log: Logger,
    heard: @escaping @Sendable (SessionsStatus?) -> Void
  ) {
    self.heard = heard
    file = PublishedFile(path: path, readers: readers)
    self.log = log
  }

  /// Replaces the file; removes it for nil.
  func write(_ status: SessionsStatus?) {
    heard(status)
    attempt { () throws(SystemError) in
      try file.write(status.flatMap { try? JSONText.pretty($0) })
    }
  }

  /// Writes the file again if it was removed, or if it could not be written.
  func restore() {
    attempt { () throws(SystemError) in try file.restore() }
  }

  private func attempt(_ body: () throws(SystemError) -> Void) {
    do throws(SystemError) {
      try body()
    } catch {
      log.debug("sessions.json is out of date for now: \(error)")
    }
  }
}
