// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import PTP

/// The quality that a grandmaster may announce of its time (GM-08).
extension HostClock {
  /// The distance from the system's clock beyond which our time is unrelated to it.
  private static let reach = Interval.seconds(1)

  /// - Parameters:
  ///   - state: nil if the kernel does not report it.
  ///   - distance: the published time less the system's. A time service disciplines only the system's clock,
  ///     and the published clock continues from its start however that is set.
  init(_ state: SystemClockState?, distance: Interval) {
    let size = Interval(nanoseconds: Int64(clamping: distance.nanoseconds.magnitude))
    if let state, state.isSynchronized, size < Self.reach {
      self = .synchronized(maximumError: state.maximumError + size)
    } else {
      self = .freeRunning
    }
  }

  /// Reads the state of the system's clock now.
  static func now(beside published: DeviceClock) -> HostClock {
    let sample = TimeSample.take()
    let shown = published.time(at: sample.monotonic, rate: .hz48000)
    return HostClock(
      try? SystemClockState.take(),
      distance: Interval(nanoseconds: shown.nanoseconds &- sample.ptp.nanoseconds))
  }

  /// The quality in words.
  package var text: String {
    switch self {
    case .freeRunning: "free-running"
    case .synchronized(let error):
      "synchronized within \((error.nanoseconds + 999_999) / 1_000_000) ms"
    }
  }

  var isSynchronized: Bool { self != .freeRunning }
}
