// SPDX-License-Identifier: MIT
public import Logging
internal import Synchronization

/// How much the log says, while the daemon runs: everybody who logs asks here.
public final class LogLevel: Sendable {
  private static let all = Logger.Level.allCases
  private let index: Atomic<Int>

  public init(_ level: Logger.Level) { index = Atomic(Self.position(level)) }

  public var level: Logger.Level {
    get { Self.all[index.load(ordering: .relaxed)] }
    set { index.store(Self.position(newValue), ordering: .relaxed) }
  }

  /// Those that a configuration may name.
  public static let choices: [Logger.Level] = [.trace, .debug, .info, .notice, .warning, .error]

  private static func position(_ level: Logger.Level) -> Int {
    all.firstIndex(of: level) ?? 0
  }
}
