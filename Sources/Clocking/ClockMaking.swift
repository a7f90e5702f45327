// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import Device
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP

/// Makes the ordinary clock of the configuration, which continues from the published clock.
struct ClockMaking {
  let mode: Settings.Mode
  private let configuration: Configuration.NetworkClock
  private let device: DeviceMemory
  private let report: PTPReport
  private let log: Logger

  init(
    mode: Settings.Mode, _ configuration: Configuration.NetworkClock, device: DeviceMemory,
    report: PTPReport, log: Logger
  ) {
    self.mode = mode
    self.configuration = configuration
    self.device = device
    self.report = report
    self.log = log
  }

  /// Makes the clock; nil if the settings conflict, which is logged.
  func clock(on interface: NetworkInterface, stamps: TimestampClass) -> OrdinaryClock? {
    let identity = configuration.clockIdentity ?? ClockIdentity(of: interface)
    var settings = configuration.settings(mode, identity: identity)
    settings.timestamps = stamps
    settings.hostClock = HostClock.now(beside: device.clock)
    if let known = (try? SystemClockState.take())?.taiOffset {
      settings.currentUtcOffset = Int(known.nanoseconds / 1_000_000_000)
    }
    do {
      let clock = try OrdinaryClock(
        settings: settings, clock: device.clock, isInUse: report.isSettled,
        seed: .random(in: .min ... .max))
      log.record(
        .clockStarts, "PTP clock \(identity), mode \(mode.rawValue), on \(interface.name)",
        [.interface: interface.name])
      return clock
    } catch {
      log.record(.clockUnavailable, "PTP settings: \(error)", [.reason: "\(error)"])
      return nil
    }
  }
}

extension ClockIdentity {
  /// The identity of the interface's Ethernet address; a random one if it has none.
  init(of interface: NetworkInterface) {
    if let address = interface.ethernetAddress {
      self.init(ethernetAddress: address)
    } else {
      self.init(.random(in: 1 ..< .max))
    }
  }
}
