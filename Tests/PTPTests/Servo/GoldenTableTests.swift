// SPDX-License-Identifier: MIT
import Testing

/// Checks that a comparison with a golden table can fail.
@Suite struct GoldenTableTests {
  /// A lock time that is double, half or 4 % more is detected in each row with a lock time.
  @Test(arguments: [
    ("lock", [4, 5], 20), ("offset", [4], 35), ("network", [5], 15), ("jitter", [2], 16),
  ])
  func anotherLockTimeIsDetected(name: String, columns: [Int], rows: Int) throws {
    let table = GoldenTable(name: name, heading: "")
    var seen = 0
    for line in try table.golden() {
      let texts = line.split(separator: " ").map(String.init)
      guard texts.count > (columns.max() ?? 0), Double(texts[columns[0]]) != nil else { continue }
      #expect(table.agree(line, line))
      for column in columns {
        let time = try #require(Double(texts[column]))
        for factor in [2, 0.5, 1.04] {
          var other = texts
          other[column] = "\(time * factor)"
          #expect(!table.agree(Substring(other.joined(separator: " ")), line), "\(line)")
        }
      }
      seen += 1
    }
    #expect(seen == rows)
  }
}
