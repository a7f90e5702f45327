// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import ServiceLifecycle
internal import Synchronization

/// What the ptp thread tells the rest of the daemon.
final class PTPReport: Sendable {
  private let stopped = Atomic<Bool>(false)
  private let settled: Atomic<Bool>
  private let latest = Mutex<PTPStatus?>(nil)

  /// - Parameter settled: true where no clock is to be waited for.
  init(settled: Bool) { self.settled = Atomic(settled) }

  var isStopped: Bool { stopped.load(ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// Whether senders may start: the clock is locked, elected, or nobody's. Once true, it stays.
  var isSettled: Bool { settled.load(ordering: .relaxed) }

  func published(_ clock: DeviceClock) {
    if clock.state == .locked || clock.state == .grandmaster {
      settled.store(true, ordering: .relaxed)
    }
  }

  var status: PTPStatus? { latest.withLock(\.self) }
  func update(_ clock: OrdinaryClock) { latest.withLock { $0 = PTPStatus(clock) } }
}

/// Runs the ordinary clock that steers the device clock, where the configuration wants one.
final class ClockService: Service, Sendable {
  let report: PTPReport
  private let configuration: Configuration
  private let device: DeviceMemory
  private let log: Logger
  private let wakeUp: WakeUp

  init(_ configuration: Configuration, device: DeviceMemory, log: Logger) throws(SystemError) {
    self.configuration = configuration
    self.device = device
    self.log = log
    report = PTPReport(settled: configuration.networkClock.mode == nil)
    wakeUp = try WakeUp()
  }

  func run() async throws {
    guard let mode = configuration.networkClock.mode else {
      try? await gracefulShutdown()
      return
    }
    // Below the media threads: a late stamp costs a measurement, a late packet is heard.
    let priority = max(0, configuration.realTime.priority - 10)
    let (configuration, device, report, log) = (configuration, device, report, log)
    let descriptor = wakeUp.descriptor
    let thread = try RealTimeThread(name: "ptp", priority: priority) {
      var loop = PTPLoop(mode: mode, configuration, device: device, report: report, log: log)
      loop.run(until: descriptor)
    }
    try? await gracefulShutdown()
    report.stop()
    wakeUp.signal()
    thread.join()
  }
}
