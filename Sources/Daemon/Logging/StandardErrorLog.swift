// SPDX-License-Identifier: MIT
internal import LinuxIO
public import Logging

/// Writes log lines that a person reads: with the priority in front for the journal, which adds time
/// and name itself, and with time and level for a terminal or a file.
public struct StandardErrorLog: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  private let isJournal: Bool

  public init(level: Logger.Level) {
    logLevel = level
    isJournal = StandardError.isJournal
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let extra = metadata.merging(event.metadata ?? [:]) { $1 }
      .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let prefix = isJournal ? "<\(event.level.priority)>" : "\(TimeOfDay.text) \(event.level.label) "
    let lines = "\(event.message)\(extra)".split(separator: "\n", omittingEmptySubsequences: false)
    StandardError.write(lines.map { "\(prefix)\($0)\n" }.joined())
  }
}

extension Logger.Level {
  /// The priority of `syslog(3)`, which the journal uses.
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// Padded, so that messages stand below each other.
  fileprivate var label: String {
    rawValue + String(repeating: " ", count: max(0, 8 - rawValue.utf8.count))
  }
}
