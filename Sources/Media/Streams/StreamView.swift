// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock

/// What looks at streams need to know of the clock.
struct StreamSurroundings {
  let clock: DeviceClock
  /// What senders wait for; nil if they may start.
  let startReason: String?
  /// Why this host's clock is not the network's although it was; nil otherwise.
  let clockProblem: String?
}

/// One look at all streams: from when it is, and what is around them.
struct StreamView {
  let now: MonotonicInstant
  let surroundings: StreamSurroundings
  /// Why the network cannot be used; nil if it can, or if nobody has looked.
  let networkProblem: String?

  init(_ surroundings: StreamSurroundings, on path: NetworkPath?, at now: MonotonicInstant) {
    self.now = now
    self.surroundings = surroundings
    networkProblem = if let path, !path.isUsable { path.problem } else { nil }
  }
}
