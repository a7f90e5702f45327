// SPDX-License-Identifier: MIT
package import MediaClock

extension Interval {
  /// From a number and `ms`, `us` or `µs`; exact, and no longer than a day.
  package init?(configured text: String) {
    let units: [(suffix: String, nanoseconds: Int64)] = [
      ("ms", 1_000_000), ("us", 1000), ("\u{B5}s", 1000), ("\u{3BC}s", 1000),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let parts = text.dropLast(2).split(separator: ".", omittingEmptySubsequences: false)
    func isDigits(_ part: Substring) -> Bool {
      (1...9).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard (1...2).contains(parts.count), parts.allSatisfy(isDigits), let whole = Int64(parts[0])
    else { return nil }
    var nanoseconds = whole * unit.nanoseconds
    guard nanoseconds <= 86_400_000_000_000 else { return nil }
    var weight = unit.nanoseconds
    for digit in parts.count == 2 ? parts[1] : "" {
      guard weight >= 10, let value = digit.wholeNumberValue else { return nil }
      weight /= 10
      nanoseconds += Int64(value) * weight
    }
    self.init(nanoseconds: nanoseconds)
  }

  /// As it would be written in the file: the shortest exact number of milliseconds or microseconds.
  package var configured: String {
    if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
    let rest = nanoseconds % 1000
    guard rest != 0 else { return "\(nanoseconds / 1000)us" }
    let digits = String(1000 + rest).dropFirst()
    return "\(nanoseconds / 1000).\(digits)us"
  }
}

extension PacketTime {
  /// Every packet time that a sender may use.
  package static let all: [PacketTime] = [.us125, .us250, .us333, .ms1, .ms4]

  /// As it is written in the file.
  package var configured: String {
    microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
  }
}
