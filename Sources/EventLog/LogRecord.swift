// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Logging

/// One line of the log with its facts, for every destination.
struct LogRecord {
  let level: Logger.Level
  let sentence: String
  /// The identifier of an event; nil for a line without a class.
  let identifier: String?
  /// The fields, sorted by name.
  let fields: [(name: String, value: String)]

  /// The fields that name the subject of an event; the others describe the event.
  private static let things: [EventField] = [
    .stream, .direction, .client, .clientPID, .session, .thread, .interface,
  ]

  /// Nil if the event repeats and is left out; a later line has the number of suppressed ones.
  init?(_ event: LogEvent, _ inherited: Logger.Metadata, _ budgets: EventBudgets) {
    var metadata = inherited.merging(event.metadata ?? [:]) { $1 }
    identifier = metadata.removeValue(forKey: Logger.identifierKey).map(String.init(describing:))
    var more = ""
    if let identifier {
      let thing = Self.things.map { metadata[$0.rawValue].map { "\($0)" } ?? "" }
      guard
        let allowed = budgets.take(
          identifier, about: thing.joined(separator: "\u{1F}"), at: MonotonicClock.now)
      else { return nil }
      more = allowed
    }
    level = event.level
    sentence = "\(event.message)\(more)"
    fields = metadata.map { (name: $0.key, value: "\($0.value)") }.sorted { $0.name < $1.name }
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
}
