// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import PTP

/// The clock that the device clock follows, with all settings that concern it.
///
/// If two choices are equal, the clock need not change, whatever other settings differ.
enum ClockChoice: Equatable, Sendable {
  /// This host's own clock: the device clock continues at its last rate.
  case none
  /// The network's clock, through an interface.
  case network(Settings.Mode, Configuration.NetworkClock, InterfaceChoice)
  /// A clock that another program steers.
  case external(ClockSource)

  /// - Parameter mayFollow: false if the device clock is slowed or anchored from the start, so that it follows
  ///   nothing.
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
