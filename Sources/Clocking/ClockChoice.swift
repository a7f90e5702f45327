// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import PTP

/// Which clock the device clock follows, with all settings that concern it, and no other.
///
/// Two that are equal need no change of clock, whatever else of the configuration differs.
enum ClockChoice: Equatable, Sendable {
  /// This host's own: the device clock continues at its last rate.
  case none
  /// The network's, through an interface.
  case network(Settings.Mode, Configuration.NetworkClock, InterfaceChoice)
  /// One that another program keeps.
  case external(ClockSource)

  /// - Parameter mayFollow: false where the device clock is a slowed or anchored one from the start, which
  ///   nothing steers.
  init(_ configuration: Configuration, mayFollow: Bool) {
    guard mayFollow else {
      self = .none
      return
    }
    switch (configuration.clock.source, configuration.networkClock.mode) {
    case (.ptp, nil): self = .none
    case (.ptp, let mode?):
      self = .network(mode, configuration.networkClock, configuration.network.interface)
    case (let source, _): self = .external(source)
    }
  }
}
