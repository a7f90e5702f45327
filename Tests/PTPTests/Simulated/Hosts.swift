// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Simulation

/// Nodes of the simulated networks.
enum Hosts {
  /// An instant of 2026, in TAI.
  static let today = PTPInstant(nanoseconds: 1_795_000_000_123_456_789)

  static func identity(_ number: Int) -> ClockIdentity {
    ClockIdentity(ethernetAddress: 0x02_00_00_00_00_00 + UInt64(number))
  }

  /// A node whose clock shows `time` at the beginning of the simulation.
  static func node(
    _ number: Int, _ profile: Profile = .st2059, _ mode: Settings.Mode = .auto,
    oscillator: Oscillator = Oscillator(), noise: TimestampNoise = TimestampNoise(),
    shows time: PTPInstant = today, change: (inout Settings) -> Void = { _ in }
  ) throws -> Node {
    var settings = Settings(profile: profile, mode: mode, clockIdentity: identity(number))
    change(&settings)
    let clock = try OrdinaryClock(
      settings: settings,
      clock: .freeRunning(from: oscillator.epoch, at: time, rate: .hz48000),
      seed: UInt64(number) &* 7919)
    return Node(clock, oscillator, noise: noise)
  }
}
