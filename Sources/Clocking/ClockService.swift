// SPDX-License-Identifier: MIT
package import DaemonConfiguration
package import Device
internal import EventLog
package import LinuxIO
package import Logging
internal import MediaClock
internal import RealTime
internal import ServiceLifecycle
internal import Synchronization

/// Runs the source that steers the device clock by the configuration: the ordinary clock, or a clock that
/// another program steers.
package final class ClockService: Service, Sendable {
  private struct State {
    var configuration: Configuration
    /// The clock that is followed; nil if its thread could not be started, so that the next change tries again.
    var choice: ClockChoice?
    /// True between start and stop of the service.
    var isRunning = false
    var thread: WakeableThread?
  }

  package let report: PTPReport
  private let device: DeviceMemory
  private let log: Logger
  private let directory: String
  /// False if the device clock is slowed or anchored, which can change only at a restart.
  private let mayFollow: Bool
  /// Held through each whole change, so that changes come one after the other. Readers of `state` do not take it: they
  /// do not wait for the ptp thread.
  private let changes = Mutex<Void>(())
  /// Held for moments only.
  private let state: Mutex<State>

  /// - Parameter directory: the directory of the clock's management socket.
  package init(
    _ configuration: Configuration, device: DeviceMemory, directory: String, log: Logger
  ) {
    self.directory = directory
    self.device = device
    self.log = log
    mayFollow = !configuration.clock.isSimulated
    let choice = ClockChoice(configuration, mayFollow: mayFollow)
    state = Mutex(State(configuration: configuration, choice: choice))
    report = PTPReport(settled: choice == .none)
  }

  /// The progress of the ptp thread, if there is one.
  package var progress: [ThreadProgress] {
    guard state.withLock({ $0.thread != nil }) else { return [] }
    return [.init(thread: "ptp", rounds: report.rounds.count)]
  }

  /// The configured source of the device clock.
  package var source: ClockSource { state.withLock(\.configuration.clock.source) }

  package func run() async throws {
    try changes.withLock { _ throws(SystemError) in
      state.withLock { $0.isRunning = true }
      try start()
    }
    try? await gracefulShutdown()
    changes.withLock { _ in
      state.withLock { $0.isRunning = false }
      stop()
    }
  }

  /// Applies `configuration`. If its clock settings are unchanged, the clock continues undisturbed.
  ///
  /// The device clock continues from its present value. Called from any thread but a real-time one: it waits for
  /// the ptp thread to end. If that thread hangs, it waits until systemd ends the daemon; the supervision, which
  /// only reads, reports the thread before.
  package func apply(_ configuration: Configuration) {
    changes.withLock { _ in
      let choice = ClockChoice(configuration, mayFollow: mayFollow)
      let (before, isRunning) = state.withLock { state in
        defer { state.configuration = configuration }
        return (state.choice, state.isRunning)
      }
      guard choice != before else { return }
      stop()
      state.withLock { $0.choice = choice }
      report.begin()
      if choice == .none {
        var clock = device.clock
        clock.state = .freeRunning
        device.publish(clock)
        report.settle()
        log.notice("PTP is off now: the clock continues at the last rate")
      }
      guard isRunning else { return }
      do throws(SystemError) {
        try start()
      } catch {
        state.withLock { $0.choice = nil }
        log.record(
          .clockUnavailable, "the clock cannot use PTP: \(error)", [.reason: "\(error)"])
      }
    }
  }

  /// Ends the ptp thread, if there is one. The thread stays in the state until it has ended, because it can hang.
  private func stop() {
    state.withLock(\.thread)?.stop()
    state.withLock { $0.thread = nil }
  }

  /// Starts the thread for the choice.
  private func start() throws(SystemError) {
    let (configuration, choice) = state.withLock { ($0.configuration, $0.choice) }
    guard let choice, choice != .none else { return }
    // Below the media threads: a late timestamp costs a measurement, a late packet is audible.
    let priority = max(0, configuration.realTime.priority - 10)
    let thread = try WakeableThread(name: "ptp", priority: priority)
    let (device, report, directory, log) = (device, report, directory, log)
    try thread.start { thread in
      switch choice {
      case .none: break
      case .network(let mode, _, _):
        let pmc = PMCServer(
          path: directory + "/ptp", group: configuration.device.socketGroup, log: log)
        var loop = PTPLoop(
          mode: mode, configuration, device: device, pmc: pmc, report: report, log: log)
        loop.run(on: thread)
      case .external(let source):
        var loop = ExternalLoop(source, device: device, report: report, log: log)
        loop.run(on: thread)
      }
    }
    state.withLock { $0.thread = thread }
  }
}
