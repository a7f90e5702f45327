// SPDX-License-Identifier: MIT
import Foundation
import LinuxIO
import Logging
import MediaClock
import Testing

@testable import EventLog

@Suite struct EventClassTests {
  private static let catalog: [String: String] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try? String(
      contentsOf: root.appending(path: "systemd/aes67.catalog"), encoding: .utf8)
    var entries: [String: String] = [:]
    for part in (text ?? "").components(separatedBy: "\n-- ").dropFirst() {
      let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      entries[String(lines[0])] = lines.count > 1 ? String(lines[1]) : ""
    }
    return entries
  }()

  @Test func everyEventHasACatalogEntry() {
    let identifiers = EventClass.allCases.map(\.identifier)
    #expect(Set(identifiers).count == identifiers.count)
    #expect(Set(Self.catalog.keys) == Set(identifiers))
    for identifier in identifiers {
      #expect(identifier.utf8.count == 32 && identifier.allSatisfy(\.isHexDigit))
    }
  }

  /// The catalog inserts fields of the message into its text. A field that does not exist would stay as its
  /// name.
  @Test func theCatalogNamesOnlyFieldsThatExist() throws {
    for (identifier, text) in Self.catalog {
      #expect(text.hasPrefix("Subject: "), "\(identifier)")
      let pieces = text.components(separatedBy: "@")
      for name in stride(from: 1, to: pieces.count, by: 2).map({ pieces[$0] }) {
        #expect(EventField(rawValue: name) != nil, "\(identifier): \(name)")
      }
    }
  }

  @Test func everyWarningSaysWhatToDo() {
    for event in EventClass.allCases where event.level >= .warning {
      let body = Self.catalog[event.identifier]?.components(separatedBy: "\n\n").dropFirst() ?? []
      #expect(!body.joined().isEmpty, "\(event)")
    }
  }

  @Test func everyFieldNameIsValidInTheJournal() {
    for field in EventField.allCases {
      #expect(field.rawValue.allSatisfy { $0 == "_" || ("A"..."Z").contains($0) || $0.isNumber })
    }
  }
}

@Suite struct LogRecordTests {
  private func event(_ metadata: Logger.Metadata) -> LogEvent {
    LogEvent(
      level: .warning, message: "three packets", error: nil, metadata: metadata, source: "test",
      file: "F.swift", function: "f()", line: 7)
  }

  @Test func anEventBecomesFields() throws {
    let record = try #require(
      LogRecord(
        event(["MESSAGE_ID": "abc", "STREAM": "Stage left", "library-key": "v"]), [:],
        EventBudgets()))
    let fields = JournalLog.fields(record, ("F.swift", "f()", 7))
    let text = fields.map { "\($0.name)=\($0.value)" }
    #expect(
      text == [
        "MESSAGE=three packets", "PRIORITY=4", "SYSLOG_IDENTIFIER=aes67d", "CODE_FILE=F.swift",
        "CODE_FUNC=f()", "CODE_LINE=7", "MESSAGE_ID=abc", "STREAM=Stage left", "LIBRARY_KEY=v",
      ])
    #expect(StandardErrorLog.text(record, prefix: "<4>") == "<4>three packets\n")
  }

  @Test func aLineWithoutClassKeepsItsMetadata() throws {
    let record = try #require(LogRecord(event(["key": "v"]), ["inherited": "w"], EventBudgets()))
    #expect(StandardErrorLog.text(record, prefix: "") == "three packets inherited=w key=v\n")
  }

  /// Repeated messages about one stream are limited, but not those about another stream or of another class.
  @Test func repetitionsForOneStreamAreLimited() {
    let budgets = EventBudgets()
    let one: Logger.Metadata = ["MESSAGE_ID": "abc", "STREAM": "one"]
    let written = (0..<30).compactMap { _ in LogRecord(event(one), [:], budgets) }
    #expect(written.count == 10)
    #expect(LogRecord(event(["MESSAGE_ID": "abc", "STREAM": "two"]), [:], budgets) != nil)
    #expect(LogRecord(event(["MESSAGE_ID": "abd", "STREAM": "one"]), [:], budgets) != nil)
  }

  @Test func theNumberOfOmittedLinesIsReported() {
    let budgets = EventBudgets()
    let start = MonotonicInstant(nanoseconds: 0)
    for _ in 0..<13 { _ = budgets.take("abc", about: "x", at: start) }
    #expect(budgets.take("abc", about: "x", at: start + .seconds(10)) == " (3 such lines left out)")
  }
}
