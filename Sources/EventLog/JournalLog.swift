// SPDX-License-Identifier: MIT
internal import LinuxIO
package import Logging

/// Writes log lines to systemd's journal, with their facts as fields.
package struct JournalLog: LogHandler {
  /// The level of this logger, otherwise the common one.
  package var logLevel: Logger.Level {
    get { own ?? shared.level }
    set { own = newValue }
  }
  package var metadata: Logger.Metadata = [:]
  private var own: Logger.Level?
  private let shared: LogLevel
  private let journal = Journal()
  private let budgets = EventBudgets.shared

  package init(level: LogLevel) { shared = level }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    guard let record = LogRecord(event, metadata, budgets) else { return }
    let place = (file: event.file, function: event.function, line: event.line)
    guard !journal.send(Self.fields(record, place)) else { return }
    // The journal reads standard error, too, where the priority goes before each line.
    StandardError.write(StandardErrorLog.text(record, prefix: "<\(record.level.priority)>"))
  }

  /// The fields of `systemd.journal-fields(7)`, then the record's own in the journal's notation.
  static func fields(
    _ record: LogRecord, _ place: (file: String, function: String, line: UInt)
  ) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = [
      ("MESSAGE", record.sentence), ("PRIORITY", String(record.level.priority)),
      ("SYSLOG_IDENTIFIER", "aes67d"), ("CODE_FILE", place.file), ("CODE_FUNC", place.function),
      ("CODE_LINE", String(place.line)),
    ]
    if let identifier = record.identifier { fields.append((Logger.identifierKey, identifier)) }
    for (name, value) in record.fields { fields.append((spelling(name), value)) }
    return fields
  }

  private static func spelling(_ name: String) -> String {
    name.uppercased().replacing("-", with: "_").replacing(".", with: "_")
  }
}

extension Logger {
  /// The log of the whole program: the journal if systemd reads standard error, otherwise standard error.
  package static func ofProgram(_ level: LogLevel) -> Logger {
    Logger(label: "aes67d") { _ in
      if StandardError.isJournal {
        JournalLog(level: level)
      } else {
        StandardErrorLog(level: level)
      }
    }
  }
}
