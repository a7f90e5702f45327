// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO
internal import MediaClock
internal import Synchronization

/// Reads the status, one reading after the other, and keeps the last one for detecting changes.
final class StatusReadings: Sendable {
  /// The age from which the last reading is replaced.
  private static let validity = Interval.milliseconds(500)

  private struct Last {
    let status: DaemonStatus
    let time: MonotonicInstant
  }

  private let collect: @Sendable () -> DaemonStatus
  private let state = Mutex<Last?>(nil)

  init(_ collect: @escaping @Sendable () -> DaemonStatus) { self.collect = collect }

  /// Reads the status again.
  @Sendable
  func read() -> DaemonStatus { state.withLock { read(&$0) } }

  /// The last reading.
  var last: DaemonStatus {
    state.withLock { last in
      if let last, MonotonicClock.now - last.time < Self.validity { return last.status }
      return read(&last)
    }
  }

  private func read(_ last: inout Last?) -> DaemonStatus {
    let status = collect()
    last = Last(status: status, time: MonotonicClock.now)
    return status
  }
}
