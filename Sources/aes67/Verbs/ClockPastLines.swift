// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The history of the clock on one screen, for `stats --ptp --past`.
struct ClockPastLines {
  /// The maximum number of lines, besides those of the changes.
  static let maximumLines = 20

  let report: ClockHistoryReport

  init(_ report: ClockHistoryReport) { self.report = report }

  var lines: [String] {
    var table = Table("AGO", ">OFFSET", ">LEAST", ">GREATEST", ">JITTER", ">PATH DELAY")
    let count = report.offset.count
    let joined = max(1, (count + Self.maximumLines - 1) / Self.maximumLines)
    for first in stride(from: 0, to: count, by: joined) {
      let range = first..<min(first + joined, count)
      let age = Int64(count - range.upperBound) * report.stepMilliseconds
      table.add(
        Text.age(age), time(report.offset[range.upperBound - 1]),
        time(report.offsetLeast[range].compactMap(\.self).min()),
        time(report.offsetGreatest[range].compactMap(\.self).max()),
        time(report.jitter[range].compactMap(\.self).max()),
        time(report.pathDelay[range.upperBound - 1]))
    }
    let marks = report.marks.suffix(Self.maximumLines).map { mark in
      let age = report.endUnixMilliseconds - mark.unixMilliseconds
      return "\(Text.age(max(0, age))) ago: \(mark.kind.rawValue) \(Text.plain(mark.text))"
    }
    return table.lines + (marks.isEmpty ? [] : [""] + marks)
  }

  private func time(_ nanoseconds: Int64?) -> String {
    nanoseconds.map { Text.time(Double($0)) } ?? "-"
  }
}
