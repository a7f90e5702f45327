// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import LinuxIO
internal import Logging
internal import ServiceLifecycle

/// Tells systemd how the daemon is: ready, what it does, alive, stopping.
///
/// The watchdog is fed only while every thread that carries sound or time makes rounds: a daemon whose
/// media thread hangs is a failed one, however well the rest of it answers.
struct ServiceMonitor: Service {
  /// Between looks; a thread may sleep for a second, so two looks without progress mean nothing.
  static let period = Duration.milliseconds(500)
  static let patience = 5
  /// Looks between two chapters of the streams' story: ten seconds.
  static let chapter = 20

  let notifier: ServiceNotifier
  let log: Logger
  let progress: @Sendable () -> [ThreadProgress]
  let status: @Sendable () -> DaemonStatus

  func run() async {
    await threadsRun()
    var line = StatusLine.text(status())
    notifier.ready(status: line)
    var watch = ProgressWatch(patience: Self.patience)
    var known: [String] = []
    var story = StreamStory()
    var looks = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      let stalled = watch.look(at: progress())
      tell(stalled.filter { !known.contains($0) })
      known = stalled
      if stalled.isEmpty { notifier.alive() }
      let current = status()
      let now = StatusLine.text(current)
      if now != line { notifier.status(now) }
      line = now
      if looks % Self.chapter == 0 {
        for chapter in story.chapters(StreamStory.counts(current), seconds: Self.chapter / 2) {
          log.tell(.streamDisturbed, chapter.sentence, chapter.facts)
        }
      }
      looks += 1
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.period) }
    }
    notifier.stopping()
  }

  /// Ready means that sound can flow: who starts after us may play at once.
  private func threadsRun() async {
    // Bounded: threads that do not start are found standing still afterwards.
    for _ in 0..<100 where progress().contains(where: { $0.rounds == 0 }) {
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  private func tell(_ stalled: [String]) {
    for thread in stalled {
      log.tell(
        .threadStalled, "thread \(thread) stands still; systemd restarts the service",
        [.thread: thread])
    }
  }
}
