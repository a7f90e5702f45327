// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import MediaClock
internal import Notation

// Values of options, parsed as strictly as those of the configuration file.

/// A time such as `250us`, `1.5ms` or `3ms`, in whole microseconds.
@Sendable
func microseconds(_ text: String) throws -> Int {
  guard let time = Interval(configured: text), time.nanoseconds > 0,
    time.nanoseconds.isMultiple(of: 1000)
  else {
    throw ValidationError("use a time in whole microseconds, such as 250us, 1.5ms or 3ms")
  }
  return Int(time.nanoseconds / 1000)
}

/// A number of decimal digits alone, without a sign.
@Sendable
func number(_ text: String) throws -> Int {
  guard let number = Int(decimal: text) else {
    throw ValidationError("use a number such as 2")
  }
  return number
}
