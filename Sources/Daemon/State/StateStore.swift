// SPDX-License-Identifier: MIT
internal import EventLog
internal import FoundationEssentials
internal import JSONText
internal import LinuxIO
internal import Logging
internal import Synchronization

/// Saves state that must survive a restart, in a small JSON file for each subject.
///
/// A file is replaced in one step and is on the disk when `save` returns: after a loss of power it has the old
/// content or the new one. A file with unreadable content is set aside for inspection, and never overwritten. If
/// only a descriptor or memory is missing, it stays in its place. Without a writable directory the daemon works,
/// but forgets its state; that is logged once.
package final class StateStore: Sendable {
  typealias Reading = @Sendable (_ path: String) throws(SystemError) -> String

  /// The frame of each content, with a version by which later programs recognize it.
  private struct Envelope<Content: Codable>: Codable {
    var version: Int
    var content: Content
  }

  private struct Version: Codable {
    var version: Int
  }

  private struct State {
    var isComplaining = false
    /// Files with unknown content, which are left as they are.
    var untouchable: Set<String> = []
  }

  private let directory: String
  private let log: Logger
  private let reading: Reading
  private let state = Mutex(State())

  /// - Parameter reading: returns the text of a file.
  init(
    directory: String, log: Logger,
    reading: @escaping Reading = { path throws(SystemError) in try Files.read(path) }
  ) {
    self.directory = directory
    self.log = log
    self.reading = reading
    do {
      try Files.makeDirectory(directory)
    } catch {
      complain(error)
    }
  }

  private func path(_ subject: String) -> String { "\(directory)/\(subject).json" }

  /// The value that was saved last; nil if there is none, or if it cannot be read.
  ///
  /// - Parameter version: the version of the content's form; a file of another one is set aside.
  package func load<Content: Codable>(_ subject: String, version: Int, as type: Content.Type)
    -> Content?
  {
    do throws(SystemError) {
      return try read(subject, version: version, as: type)
    } catch {
      // What holds now in place of it must not be written over it.
      let path = path(subject)
      state.withLock { _ = $0.untouchable.insert(path) }
      complain(error)
      return nil
    }
  }

  /// The same for whoever can ask again.
  ///
  /// - Throws: that no descriptor or no memory is left; then nothing is known of the file, which stays as it is.
  func read<Content: Codable>(
    _ subject: String, version: Int, as type: Content.Type
  ) throws(SystemError) -> Content? {
    let path = path(subject)
    let text: String
    do throws(SystemError) {
      text = try reading(path)
    } catch {
      if error.isMissing { return nil }
      if error.isShortage { throw error }
      setAside(path, because: "it cannot be read (\(error))")
      return nil
    }
    do {
      let data = Data(text.utf8)
      let found = try JSONDecoder().decode(Version.self, from: data).version
      guard found == version else {
        setAside(path, because: "it has version \(found), and this aes67d reads version \(version)")
        return nil
      }
      let content = try JSONDecoder().decode(Envelope<Content>.self, from: data).content
      state.withLock { _ = $0.untouchable.remove(path) }
      return content
    } catch {
      setAside(path, because: "it is damaged")
      return nil
    }
  }

  /// Returns true if `load` could read `content` after a restart.
  func canKeep(version: Int, _ content: some Codable) -> Bool {
    guard let text = text(version: version, content) else { return false }
    return text.utf8.count <= Files.maximumByteCount
  }

  /// Saves `content`; a failure is logged once.
  ///
  /// - Returns: true if it survives a restart.
  @discardableResult
  package func save(_ subject: String, version: Int, _ content: some Codable) -> Bool {
    let path = path(subject)
    guard let text = text(version: version, content), text.utf8.count <= Files.maximumByteCount,
      !state.withLock({ $0.untouchable.contains(path) })
    else { return false }
    do {
      try Files.replace(path, with: text, durably: true, readers: .nobody)
      state.withLock { $0.isComplaining = false }
      return true
    } catch {
      complain(error)
      return false
    }
  }

  private func text(version: Int, _ content: some Codable) -> String? {
    try? JSONText.pretty(Envelope(version: version, content: content))
  }

  private func setAside(_ path: String, because reason: String) {
    let other = Self.freeName(path + ".damaged")
    do {
      try Files.rename(path, to: other)
      log.record(
        .stateDamaged, "\(path) cannot be used, because \(reason); it is kept as \(other)",
        [.reason: reason])
    } catch {
      state.withLock { _ = $0.untouchable.insert(path) }
      complain(error)
    }
  }

  /// An unused name for a file to be set aside, so that earlier ones are kept.
  private static func freeName(_ path: String) -> String {
    var name = path
    var number = 1
    while Files.exists(name) {
      number += 1
      name = "\(path).\(number)"
    }
    return name
  }

  private func complain(_ error: SystemError) {
    let isNews = state.withLock { state in
      defer { state.isComplaining = true }
      return !state.isComplaining
    }
    guard isNews else { return }
    let remedy =
      error.isShortage
      ? "restart the daemon once there are descriptors and memory again"
      : "allow the daemon to write to \(directory), or choose another --state-directory"
    log.record(
      .stateUnavailable, "changes will be forgotten at the next restart: \(error); \(remedy)",
      [.reason: "\(error)"])
  }
}
