// SPDX-License-Identifier: MIT

/// The time of a recording's first frame, in the form of a broadcast wave file (EBU Tech 3285, bext): a day,
/// and frames since its midnight.
///
/// Days are those of the media clock, which counts from the epoch of PTP, 1970-01-01 TAI. Recordings of several
/// hosts on one grandmaster therefore lie on one time line, to the frame.
package struct TimeReference: Equatable, Sendable {
  /// `yyyy-mm-dd`.
  package let date: String
  /// The time of the second in which the frame lies, `hh:mm:ss`.
  package let time: String
  /// The number of frames, 0 up to a day's.
  package let framesSinceMidnight: UInt64

  /// - Parameters:
  ///   - mediaFrame: a frame of the media clock; before the epoch on a clock that was never set.
  ///   - rate: frames per second, positive.
  package init(mediaFrame: Int64, rate: Int64) {
    let framesOfDay = rate * 86_400
    let day = Self.floorDivision(mediaFrame, framesOfDay)
    let frame = mediaFrame - day * framesOfDay
    let second = frame / rate
    framesSinceMidnight = UInt64(frame)
    date = Self.civilDate(daysSinceEpoch: day)
    time = [second / 3_600, second / 60 % 60, second % 60].map(Self.twoDigits)
      .joined(separator: ":")
  }

  /// The Gregorian date so many days after 1970-01-01.
  static func civilDate(daysSinceEpoch: Int64) -> String {
    // Years that begin in March have their leap day last; 719,468 days before the epoch one of 400 years began.
    let days = daysSinceEpoch + 719_468
    let era = floorDivision(days, 146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(year)-\(twoDigits(month))-\(twoDigits(day))"
  }

  private static func floorDivision(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
  }

  private static func twoDigits(_ number: Int64) -> String {
    (number < 10 ? "0" : "") + "\(number)"
  }
}
