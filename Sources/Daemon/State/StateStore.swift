// SPDX-License-Identifier: MIT
internal import EventLog
internal import FoundationEssentials
internal import JSONText
internal import LinuxIO
internal import Logging
internal import Synchronization

/// Keeps what a restart must not lose, a small JSON file for each subject.
///
/// A file is replaced in one step and is on the disk when `save` returns: after a loss of power there is
/// the old content or the new one. What cannot be read is set aside for a person to look at, never
/// written over. Without a directory to write in, the daemon works and forgets; that is said once.
package final class StateStore: Sendable {
  /// What is around each content, so that a later version knows what it finds.
  private struct Envelope<Content: Codable>: Codable {
    var version: Int
    var content: Content
  }

  private struct Version: Codable {
    var version: Int
  }

  private let directory: String
  private let log: Logger
  private let isComplaining = Mutex(false)

  init(directory: String, log: Logger) {
    self.directory = directory
    self.log = log
    do {
      try Files.makeDirectory(directory)
    } catch {
      complain(error)
    }
  }

  private func path(_ subject: String) -> String { "\(directory)/\(subject).json" }

  /// What was saved last; nil when nothing was, or when it cannot be read.
  ///
  /// - Parameter version: of the content's form; a file of another one is set aside.
  package func load<Content: Codable>(_ subject: String, version: Int, as type: Content.Type)
    -> Content?
  {
    let path = path(subject)
    guard Files.exists(path) else { return nil }
    do {
      let data = Data(try Files.read(path).utf8)
      let found = try JSONDecoder().decode(Version.self, from: data).version
      guard found == version else {
        setAside(path, because: "it is of version \(found), and \(version) is read here")
        return nil
      }
      return try JSONDecoder().decode(Envelope<Content>.self, from: data).content
    } catch let error as SystemError {
      complain(error)
    } catch {
      setAside(path, because: "it is damaged")
    }
    return nil
  }

  /// Keeps `content`; a failure is said in the log once, and never anybody's problem but a restart's.
  package func save(_ subject: String, version: Int, _ content: some Codable) {
    guard let text = try? JSONText.pretty(Envelope(version: version, content: content)) else {
      return
    }
    do {
      try Files.replace(path(subject), with: text, durably: true)
      isComplaining.withLock { $0 = false }
    } catch {
      complain(error)
    }
  }

  private func setAside(_ path: String, because reason: String) {
    do {
      try Files.rename(path, to: path + ".damaged")
      log.record(
        .stateDamaged, "\(path) cannot be used, because \(reason); it is kept as \(path).damaged")
    } catch {
      complain(error)
    }
  }

  private func complain(_ error: SystemError) {
    let isNews = isComplaining.withLock { complaining in
      defer { complaining = true }
      return !complaining
    }
    guard isNews else { return }
    log.record(
      .stateUnavailable,
      "changes will be forgotten at the next restart: \(error);"
        + " let the daemon write in \(directory), or choose another --state-directory")
  }
}
