// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO
internal import Media
internal import MediaClock
internal import Synchronization

/// Records the history of the clock, and reads the time for it.
final class ClockPast: Sendable {
  private let history = Mutex(ClockHistory())

  private static var milliseconds: Int64 { MonotonicClock.now.nanoseconds / 1_000_000 }

  /// A reader of the status like the given one, which also adds each reading to the history.
  func following(
    _ collect: @escaping @Sendable () -> DaemonStatus
  ) -> @Sendable () -> DaemonStatus {
    {
      let status = collect()
      self.history.withLock { $0.take(status, at: Self.milliseconds) }
      return status
    }
  }

  func report(seconds: Int) -> ClockHistoryReport {
    history.withLock {
      $0.report(
        seconds: seconds, now: Self.milliseconds, unixMilliseconds: UnixTime.milliseconds)
    }
  }
}
