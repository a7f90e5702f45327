// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import PTP

/// What a grandmaster may honestly announce of the time it tells (GM-08).
extension HostClock {
  /// Further away from the system's clock than this, ours is another time altogether.
  private static let reach = Interval.seconds(1)

  /// - Parameters:
  ///   - state: nil where the kernel does not say.
  ///   - distance: the published time less the system's: what time service vouches for the one does
  ///     not vouch for the other, and the clock goes on from its start however the system's is set.
  init(_ state: SystemClockState?, distance: Interval) {
    let size = Interval(nanoseconds: Int64(clamping: distance.nanoseconds.magnitude))
    if let state, state.isSynchronized, size < Self.reach {
      self = .synchronized(maximumError: state.maximumError + size)
    } else {
      self = .freeRunning
    }
  }

  /// Looks at the system's clock now.
  static func now(beside published: DeviceClock) -> HostClock {
    let sample = TimeSample.take()
    let shown = published.time(at: sample.monotonic, rate: .hz48000)
    return HostClock(
      try? SystemClockState.take(),
      distance: Interval(nanoseconds: shown.nanoseconds &- sample.ptp.nanoseconds))
  }

  /// For people.
  package var text: String {
    switch self {
    case .freeRunning: "free-running"
    case .synchronized(let error):
      "synchronized within \((error.nanoseconds + 999_999) / 1_000_000) ms"
    }
  }

  var isSynchronized: Bool { self != .freeRunning }
}
