// SPDX-License-Identifier: MIT
package import MediaClock

extension Interval {
  /// The text in the file: the shortest exact number of milliseconds or microseconds.
  package var configured: String {
    if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
    let rest = nanoseconds % 1000
    guard rest != 0 else { return "\(nanoseconds / 1000)us" }
    let digits = String(1000 + rest).dropFirst()
    return "\(nanoseconds / 1000).\(digits)us"
  }
}

extension PacketTime {
  /// All packet times that a sender may use.
  package static let all: [PacketTime] = [.us125, .us250, .us333, .ms1, .ms4]

  /// The text in the file.
  package var configured: String {
    microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
  }
}
