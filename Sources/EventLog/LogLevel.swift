// SPDX-License-Identifier: MIT
package import Logging
internal import Synchronization

/// The log level, which can change while the daemon runs, and which all loggers read.
package final class LogLevel: Sendable {
  private static let all = Logger.Level.allCases
  private let index: Atomic<Int>

  package init(_ level: Logger.Level) { index = Atomic(Self.position(level)) }

  package var level: Logger.Level {
    get { Self.all[index.load(ordering: .relaxed)] }
    set { index.store(Self.position(newValue), ordering: .relaxed) }
  }

  private static func position(_ level: Logger.Level) -> Int {
    all.firstIndex(of: level) ?? 0
  }
}
