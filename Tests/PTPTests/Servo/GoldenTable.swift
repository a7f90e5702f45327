// SPDX-License-Identifier: MIT
import Foundation
import Testing

/// A table of expected results in the repository. A run must give the same numbers within 2 %, or within 2
/// units if that is more; units are therefore small, such as ms for times.
///
/// The simulation is deterministic; the tolerance is for other compilers. After an intended change, set
/// PTP_WRITE_GOLDEN=1 to write the table, and check the difference before the commit.
struct GoldenTable {
  var name: String
  var heading: String
  /// The columns without tolerance, counted from 0.
  var exact: Set<Int> = []
  var rows: [String] = []

  private var url: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/\(name).txt")
  }

  func check() throws {
    let text = ([heading] + rows).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["PTP_WRITE_GOLDEN"] == "1" {
      try text.write(to: url, atomically: true, encoding: .utf8)
      return
    }
    let golden = try golden()
    let lines = text.split(separator: "\n")
    try #require(golden.count == lines.count, "\(name) has \(lines.count) lines")
    for (line, expected) in zip(lines, golden) where !agree(line, expected) {
      Issue.record("\(name):\nis     \(line)\ngolden \(expected)")
    }
  }

  /// The lines of the table in the repository, including the heading.
  func golden() throws -> [Substring] {
    try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
  }

  func agree(_ line: Substring, _ expected: Substring) -> Bool {
    let one = line.split(separator: " ")
    let other = expected.split(separator: " ")
    return one.count == other.count
      && zip(one, other).enumerated().allSatisfy { column, texts in
        guard !exact.contains(column), let left = Double(texts.0), let right = Double(texts.1)
        else { return texts.0 == texts.1 }
        return abs(left - right) <= max(abs(right) * 0.02, 2)
      }
  }

  /// A row of columns of a fixed width.
  static func row(_ columns: [String]) -> String {
    columns.enumerated().map { index, text in
      let width = index < 2 ? 14 : 10
      let gap = String(repeating: " ", count: max(width - text.count, 1))
      return index < 2 ? text + gap : gap + text
    }.joined()
  }
}
