// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import LinuxIO
internal import Logging
internal import ServiceLifecycle

/// Reports the state of the daemon to systemd: ready, its status line, alive, stopping.
///
/// The watchdog is fed only while every thread that handles audio or time makes progress: a daemon whose media
/// thread hangs has failed, whatever still works.
struct ServiceMonitor: Service {
  /// The length of a tick. A thread may sleep for a second, so that two ticks without progress mean nothing.
  static let period = Duration.milliseconds(500)
  /// The number of ticks without progress after which a thread counts as hanging.
  static let timeout = 5
  /// The number of ticks between two summaries of the streams' events: ten seconds.
  static let summaryInterval = 20

  let notifier: ServiceNotifier
  let log: Logger
  let progress: @Sendable () -> [ThreadProgress]
  let status: @Sendable () -> DaemonStatus
  /// Called once, a tick after the daemon is ready.
  let startIsOver: @Sendable () -> Void

  func run() async {
    await threadsRun()
    var line = StatusLine.text(status())
    notifier.ready(status: line)
    var watch = ProgressWatch(timeout: Self.timeout)
    var known: [String] = []
    var summary = StreamEventSummary()
    var ticks = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      let stalled = watch.look(at: progress())
      record(stalled.filter { !known.contains($0) })
      known = stalled
      if stalled.isEmpty { notifier.alive() }
      let current = status()
      let now = StatusLine.text(current)
      if now != line { notifier.status(now) }
      line = now
      if ticks % Self.summaryInterval == 0 {
        let counts = StreamEventSummary.counts(current)
        for stream in summary.disturbed(counts, seconds: Self.summaryInterval / 2) {
          log.record(.streamDisturbed, stream.sentence, stream.facts)
        }
      }
      if ticks == 1 { startIsOver() }
      ticks += 1
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.period) }
    }
    notifier.stopping()
  }

  /// Waits until audio can flow: programs that start after the service may play at once.
  private func threadsRun() async {
    // Bounded: threads that do not start are detected as hanging afterwards.
    for _ in 0..<100 where progress().contains(where: { $0.rounds == 0 }) {
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  private func record(_ stalled: [String]) {
    for thread in stalled {
      log.record(
        .threadStalled, "thread \(thread) makes no progress; systemd restarts the service",
        [.thread: thread])
    }
  }
}
