// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock

/// The facts about the clock that checks of streams need.
struct StreamSurroundings {
  let clock: DeviceClock
  /// The reason for which senders wait; nil if they may start.
  let startReason: String?
  /// The reason why this host's clock does not follow the network's any more; nil otherwise.
  let clockProblem: String?
}

/// The time and the surroundings of one check of all streams.
struct StreamView {
  let now: MonotonicInstant
  let surroundings: StreamSurroundings
  /// The reason why the network cannot be used; nil if it can, or before the first check.
  let networkProblem: String?

  init(_ surroundings: StreamSurroundings, on path: NetworkPath?, at now: MonotonicInstant) {
    self.now = now
    self.surroundings = surroundings
    networkProblem = if let path, !path.isUsable { path.problem } else { nil }
  }
}
