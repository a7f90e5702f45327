// SPDX-License-Identifier: MIT
internal import Synchronization

/// The sessions of browsers. Each has a secret value, which is valid only for the user who opened the session.
/// Sessions end with the daemon.
final class BrowserSessions: Sendable {
  /// The maximum number of sessions; one more replaces the oldest.
  static let maximum = 64

  private struct Session {
    let value: String
    let user: UInt32
  }

  private let sessions = Mutex<[Session]>([])

  /// Returns the value of a new session.
  func open(for user: UInt32) -> String {
    let value = Self.secret()
    sessions.withLock { sessions in
      if sessions.count >= Self.maximum { sessions.removeFirst() }
      sessions.append(Session(value: value, user: user))
    }
    return value
  }

  /// The user who opened the session with this value; nil if there is none.
  func user(of value: String) -> UInt32? {
    sessions.withLock { sessions in sessions.first { Self.isEqual(value, $0.value) }?.user }
  }

  /// A random value of 128 bits.
  static func secret() -> String {
    (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
  }

  /// Compares two secrets in a time that does not depend on their contents.
  static func isEqual(_ given: String, _ expected: String) -> Bool {
    let (given, expected) = (Array(given.utf8), Array(expected.utf8))
    guard given.count == expected.count else { return false }
    return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
