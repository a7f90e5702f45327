// SPDX-License-Identifier: MIT
package import DaemonConfiguration
package import Device
package import LinuxIO
package import Logging
internal import RealTime
internal import ServiceLifecycle

/// Runs what steers the device clock, where the configuration wants that: the ordinary clock, or a
/// clock that another program keeps.
package final class ClockService: Service, Sendable {
  package let report: PTPReport
  private let configuration: Configuration
  private let device: DeviceMemory
  private let log: Logger
  private let wakeUp: WakeUp

  private let directory: String

  /// - Parameter directory: where managers find the clock's socket.
  package init(
    _ configuration: Configuration, device: DeviceMemory, directory: String, log: Logger
  ) throws(SystemError) {
    self.configuration = configuration
    self.directory = directory
    self.device = device
    self.log = log
    let waits = configuration.networkClock.mode != nil || configuration.clock.source != .ptp
    report = PTPReport(settled: !waits)
    wakeUp = try WakeUp()
  }

  /// How far the ptp thread has come, where there is one.
  package var progress: [ThreadProgress] {
    guard runsThread else { return [] }
    return [.init(thread: "ptp", rounds: report.rounds.count)]
  }

  private var runsThread: Bool {
    configuration.networkClock.mode != nil || configuration.clock.source != .ptp
  }

  package func run() async throws {
    let source = configuration.clock.source
    let mode = configuration.networkClock.mode
    guard runsThread else {
      try? await gracefulShutdown()
      return
    }
    // Below the media threads: a late stamp costs a measurement, a late packet is heard.
    let priority = max(0, configuration.realTime.priority - 10)
    let (configuration, device, report, log) = (configuration, device, report, log)
    let directory = directory
    let descriptor = wakeUp.descriptor
    let thread = try RealTimeThread(name: "ptp", priority: priority) {
      if source == .ptp, let mode {
        let pmc = PMCServer(
          path: directory + "/ptp", group: configuration.device.socketGroup, log: log)
        var loop = PTPLoop(
          mode: mode, configuration, device: device, pmc: pmc, report: report, log: log)
        loop.run(until: descriptor)
      } else {
        var loop = ExternalLoop(source, device: device, report: report, log: log)
        loop.run(until: descriptor)
      }
    }
    try? await gracefulShutdown()
    report.stop()
    wakeUp.signal()
    thread.join()
  }
}
