// SPDX-License-Identifier: MIT
internal import LinuxIO
package import Logging
internal import MediaClock

extension Logger {
  /// Reports why the configuration is refused; the program ends after this.
  package func lastWords(configurationWrong error: any Error) {
    record(.configurationWrong, "\(error)", [.reason: "\(error)"])
    letJournalRead()
  }

  /// Reports why the daemon cannot run; the program ends after this.
  package func lastWords(failed error: any Error) {
    record(.failed, "aes67d cannot run: \(error)", [.reason: "\(error)"])
    letJournalRead()
  }

  /// Waits for the journal. It looks up the unit of a line's writer when it reads the line; if the writer had
  /// ended by then, `journalctl -u` would not show why the service failed.
  private func letJournalRead() {
    guard StandardError.isJournal else { return }
    MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(100))
  }
}
