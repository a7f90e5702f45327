// SPDX-License-Identifier: MIT
internal import Glibc
internal import Notation

/// Columns of text under their titles: text is left-aligned, numbers are right-aligned.
struct Table {
  private let names: [String]
  private let alignment: [Bool]
  private var rows: [[String]] = []

  /// - Parameter names: the titles of the columns; those that start with `>` hold numbers.
  init(_ names: String...) {
    alignment = names.map { $0.hasPrefix(">") }
    self.names = names.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
  }

  mutating func add(_ cells: String...) {
    let missing = Array(repeating: "", count: max(0, names.count - cells.count))
    rows.append(cells.map(Text.plain) + missing)
  }

  var isEmpty: Bool { rows.isEmpty }

  /// The lines, without spaces at their ends.
  var lines: [String] {
    let widths = names.indices.map { column in
      rows.reduce(Text.cells(names[column])) { max($0, Text.cells($1[column])) }
    }
    return ([names] + rows).map { row in
      var line = ""
      for column in names.indices {
        let space = String(repeating: " ", count: widths[column] - Text.cells(row[column]))
        line += alignment[column] ? space + row[column] : row[column] + space
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  func show() { for line in lines { print(line) } }
}

/// Names and numbers in readable form.
enum Text {
  /// Text from the network or from other programs, in characters that are safe in a terminal.
  static func plain(_ text: String) -> String { text.printable }

  /// A number with separated thousands: `1 234 567`.
  static func count(_ number: some BinaryInteger) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return text
  }

  /// A time in a unit that keeps the number short: `-12 ns`, `1.73 us`, `2.5 ms`.
  static func time(_ nanoseconds: Double) -> String {
    let size = nanoseconds.magnitude
    if size < 1000 { return "\(fixed(nanoseconds, 0)) ns" }
    if size < 1e6 { return "\(fixed(nanoseconds / 1e3, 2)) us" }
    if size < 1e9 { return "\(fixed(nanoseconds / 1e6, 2)) ms" }
    return "\(fixed(nanoseconds / 1e9, 2)) s"
  }

  static func percent(_ share: Double) -> String { "\(fixed(share * 100, 1)) %" }

  static func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }

  /// A sample value, 0 to 1, in dBFS.
  static func level(_ size: Double) -> String {
    size > 0 ? "\(fixed(20 * log10(size), 1)) dBFS" : "silence"
  }

  /// A number rounded to so many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "?" }
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    let whole = Int64((value.magnitude * scale).rounded())
    let unit = Int64(scale)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(whole % unit)
    let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
    return "\(sign)\(whole / unit).\(zeros)\(fraction)"
  }
}
