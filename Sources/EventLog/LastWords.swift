// SPDX-License-Identifier: MIT
internal import LinuxIO
package import Logging
internal import MediaClock

extension Logger {
  /// Says why the configuration is not accepted; the program ends after this.
  package func lastWords(configurationWrong error: any Error) {
    record(.configurationWrong, "\(error)", [.reason: "\(error)"])
    letJournalRead()
  }

  /// Says why the daemon cannot run; the program ends after this.
  package func lastWords(failed error: any Error) {
    record(.failed, "aes67d cannot run: \(error)", [.reason: "\(error)"])
    letJournalRead()
  }

  /// The journal looks up the unit of a line's writer when it reads the line: one that has ended by
  /// then would belong to nobody, and `journalctl -u` would not show why the service failed.
  private func letJournalRead() {
    guard StandardError.isJournal else { return }
    MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(100))
  }
}
