// SPDX-License-Identifier: MIT
public import MediaClock

extension Interval {
  /// Parses a number with its unit, `ms` or `us` (also `µs`), such as `250us`, `1.5ms` or `0.125ms`: the
  /// notation of times in the configuration file, in requests and on the command line.
  ///
  /// The result is exact. Nil if the number has more decimals than nanoseconds can hold, and above one day.
  public init?(configured text: some StringProtocol) {
    let units: [(suffix: String, nanoseconds: Int64)] = [
      ("ms", 1_000_000), ("us", 1000), ("\u{B5}s", 1000), ("\u{3BC}s", 1000),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let parts = text.dropLast(2).split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...9).contains($0.utf8.count) }),
      let whole = Int64(decimal: parts[0])
    else { return nil }
    var nanoseconds = whole * unit.nanoseconds
    var weight = unit.nanoseconds
    if parts.count == 2 {
      guard let fraction = Int64(decimal: parts[1]) else { return nil }
      for _ in parts[1].utf8 {
        guard weight >= 10 else { return nil }
        weight /= 10
      }
      nanoseconds += fraction * weight
    }
    guard nanoseconds <= 86_400_000_000_000 else { return nil }
    self.init(nanoseconds: nanoseconds)
  }
}
