// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import JSONText
internal import LinuxIO
internal import Logging
internal import Synchronization

/// `sessions.json`: every session that is announced, for people, tests and the command-line tool.
final class SessionsFile: Sendable {
  private let path: String
  /// Names and URLs of the network are for whoever may control the daemon.
  private let readers: Files.Readers
  private let log: Logger
  private let heard: @Sendable (SessionsStatus?) -> Void
  /// What the file says; nil while there is none.
  private let text = Mutex<String?>(nil)

  /// - Parameter heard: is told what the file says, each time that it is written.
  init(
    path: String, readers: Files.Readers, log: Logger,
    heard: @escaping @Sendable (SessionsStatus?) -> Void
  ) {
    self.heard = heard
    self.path = path
    self.readers = readers
    self.log = log
  }

  /// Replaces the file; removes it for nil.
  func write(_ status: SessionsStatus?) {
    heard(status)
    text.withLock { text in
      text = status.flatMap { try? JSONText.pretty($0) }
      if let text { replace(text) } else { Files.remove(path) }
    }
  }

  /// Makes the file again if somebody has removed it.
  func restore() {
    text.withLock { text in
      if let text, Files.canRestore(path) { replace(text) }
    }
  }

  private func replace(_ text: String) {
    do throws(SystemError) {
      try Files.replace(path, with: text, readers: readers)
    } catch {
      log.debug("no \(path) for now: \(error)")
    }
  }
}
