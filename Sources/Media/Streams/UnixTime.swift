// SPDX-License-Identifier: MIT
internal import FoundationEssentials
internal import MediaClock

/// This host's time of day.
package enum UnixTime {
  /// The present time in milliseconds.
  package static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  /// The time of an instant before `now`, which is the present.
  static func milliseconds(at instant: MonotonicInstant, _ now: MonotonicInstant) -> Int64 {
    milliseconds - (now - instant).nanoseconds / 1_000_000
  }
}
