// SPDX-License-Identifier: MIT
internal import ArgumentParser

/// The duration of a recording: `90s`, `10m` or `2h`, also with decimals.
struct RecordingDuration: Equatable {
  let seconds: Double

  init(_ text: String) throws {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
    guard let unit = text.last.flatMap({ units[$0] }),
      text.dropLast().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(text.dropLast()), number > 0, number * unit < 31_536_000
    else { throw ValidationError("use a time such as 90s, 10m or 2h") }
    seconds = number * unit
  }

  /// The duration in whole frames, rounded.
  func frames(rate: Int) -> Int64 { Int64((seconds * Double(rate)).rounded()) }
}
