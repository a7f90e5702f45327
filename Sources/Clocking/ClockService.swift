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

/// Runs what steers the device clock, where the configuration wants that: the ordinary clock, or a
/// clock that another program keeps.
package final class ClockService: Service, Sendable {
  private struct State {
    var configuration: Configuration
    var choice: ClockChoice
    /// Between start and stop of the service.
    var isRunning = false
    var thread: WakeableThread?
  }

  package let report: PTPReport
  private let device: DeviceMemory
  private let log: Logger
  private let directory: String
  /// False where the device clock is slowed or anchored: that is so until a restart.
  private let mayFollow: Bool
  private let state: Mutex<State>

  /// - Parameter directory: where managers find the clock's socket.
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

  /// How far the ptp thread has come, where there is one.
  package var progress: [ThreadProgress] {
    guard state.withLock({ $0.thread != nil }) else { return [] }
    return [.init(thread: "ptp", rounds: report.rounds.count)]
  }

  /// What the device clock is to follow.
  package var source: ClockSource { state.withLock(\.configuration.clock.source) }

  package func run() async throws {
    try state.withLock { state throws(SystemError) in
      state.isRunning = true
      try start(&state)
    }
    try? await gracefulShutdown()
    state.withLock { state in
      state.isRunning = false
      state.thread?.stop()
      state.thread = nil
    }
  }

  /// Follows what `configuration` says from now on; what it says of the clock as before goes on untouched.
  ///
  /// The device clock goes on from where it is. To be called one at a time, from any thread but a real-time
  /// one: it waits for the ptp thread to end.
  package func apply(_ configuration: Configuration) {
    state.withLock { state in
      state.configuration = configuration
      let choice = ClockChoice(configuration, mayFollow: mayFollow)
      guard choice != state.choice else { return }
      state.choice = choice
      state.thread?.stop()
      state.thread = nil
      report.begin()
      if choice == .none {
        var clock = device.clock
        clock.state = .freeRunning
        device.publish(clock)
        report.settle()
        log.notice("PTP is off now: the clock continues at the last rate")
      }
      guard state.isRunning else { return }
      do throws(SystemError) {
        try start(&state)
      } catch {
        log.record(
          .clockUnavailable, "the clock cannot use PTP: \(error)", [.reason: "\(error)"])
      }
    }
  }

  /// Starts the thread that the choice asks for.
  private func start(_ state: inout State) throws(SystemError) {
    guard state.choice != .none else { return }
    // Below the media threads: a late stamp costs a measurement, a late packet is heard.
    let priority = max(0, state.configuration.realTime.priority - 10)
    let thread = try WakeableThread(name: "ptp", priority: priority)
    let (configuration, choice, device) = (state.configuration, state.choice, device)
    let (report, directory, log) = (report, directory, log)
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
    state.thread = thread
  }
}
