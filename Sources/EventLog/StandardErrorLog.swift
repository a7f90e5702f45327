// SPDX-License-Identifier: MIT
internal import LinuxIO
package import Logging

/// Writes log lines for people, with time and level, to a terminal or a file.
package struct StandardErrorLog: LogHandler {
  /// The level of this logger, otherwise the common one.
  package var logLevel: Logger.Level {
    get { own ?? shared.level }
    set { own = newValue }
  }
  package var metadata: Logger.Metadata = [:]
  private var own: Logger.Level?
  private let shared: LogLevel

  package init(level: LogLevel) { shared = level }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    guard let record = LogRecord(event, metadata, .shared) else { return }
    StandardError.write(
      Self.text(record, prefix: "\(TimeOfDay.text) \(record.level.label) "))
  }

  /// The text of a record. An event's fields are not written, because its sentence has them; those of other
  /// lines follow the line.
  static func text(_ record: LogRecord, prefix: String) -> String {
    let extra =
      record.identifier == nil
      ? record.fields.map { " \($0.name)=\($0.value)" }.joined() : ""
    return "\(record.sentence)\(extra)".split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(prefix)\($0)\n" }.joined()
  }
}

extension Logger.Level {
  /// The level, padded so that messages are aligned.
  fileprivate var label: String {
    rawValue + String(repeating: " ", count: max(0, 8 - rawValue.utf8.count))
  }
}
