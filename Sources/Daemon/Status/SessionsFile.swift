// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import JSONText
internal import LinuxIO
internal import Logging

/// `sessions.json`: every session that is announced, for people, tests and the command-line tool.
struct SessionsFile: Sendable {
  let path: String
  /// Names and URLs of the network are for whoever may control the daemon.
  let readers: Files.Readers
  let log: Logger

  /// Replaces the file; removes it for nil.
  func write(_ status: SessionsStatus?) {
    guard let status else { return Files.remove(path) }
    guard let text = try? JSONText.pretty(status) else { return }
    do throws(SystemError) {
      try Files.replace(path, with: text, readers: readers)
    } catch {
      log.debug("no \(path) for now: \(error)")
    }
  }
}
