// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Hummingbird
internal import Synchronization

/// The faults since the last reset.
final class FaultCounters: Sendable {
  private let tally: Mutex<FaultTally>

  /// - Parameter unixMilliseconds: the start of the daemon.
  init(since unixMilliseconds: Int64) {
    tally = Mutex(FaultTally(at: unixMilliseconds))
  }

  func report(_ status: DaemonStatus) -> FaultReport { tally.withLock { $0.report(status) } }

  func reset(_ status: DaemonStatus, at unixMilliseconds: Int64) -> FaultReport {
    tally.withLock { tally in
      tally = FaultTally(from: status, at: unixMilliseconds)
      return tally.report(status)
    }
  }
}

extension Router<ControlRequestContext> {
  /// Late, lost and dropped packets and xruns, and their reset.
  func addFaultRoutes(_ context: ControlContext) {
    get("v1/faults") { _, _ in JSONAnswer(context.faults.report(context.status.readStatus())) }
    delete("v1/faults") { _, _ in
      JSONAnswer(
        context.faults.reset(context.status.readStatus(), at: context.status.unixMilliseconds))
    }
  }
}
