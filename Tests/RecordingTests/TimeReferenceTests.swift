// SPDX-License-Identifier: MIT
import Testing

@testable import Recording

@Suite("Time references of recordings")
struct TimeReferenceTests {
  private static let rate: Int64 = 48_000
  private static let day = 86_400 * rate

  @Test(
    "A media frame has a date, a time and a number of frames since midnight",
    arguments: [
      (Int64(0), "1970-01-01", "00:00:00", UInt64(0)),
      (day - 1, "1970-01-01", "23:59:59", UInt64(day - 1)),
      (day, "1970-01-02", "00:00:00", 0),
      // 2024-02-29 and 2000-03-01: 19,782 and 11,017 days after the epoch.
      (
        19_782 * day + 12 * 3_600 * rate + 7, "2024-02-29", "12:00:00",
        UInt64(12 * 3_600 * rate + 7)
      ),
      (11_017 * day, "2000-03-01", "00:00:00", 0),
      // 2100 has no leap day: 47,540 days to its last of February.
      (47_540 * day, "2100-02-28", "00:00:00", 0),
      (47_541 * day, "2100-03-01", "00:00:00", 0),
      // A clock that was never set may lie before its epoch.
      (-1, "1969-12-31", "23:59:59", UInt64(day - 1)),
    ])
  func frames(frame: Int64, date: String, time: String, place: UInt64) {
    let reference = TimeReference(mediaFrame: frame, rate: Self.rate)
    #expect(reference.date == date)
    #expect(reference.time == time)
    #expect(reference.framesSinceMidnight == place)
  }
}
