// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import JSONText
internal import LinuxIO
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Runs the program of `alarms.command` for each alarm, one at a time.
///
/// Nothing waits for it: alarms are queued while it runs, and those that do not fit are dropped and logged.
final class AlarmHook: Service, Sendable {
  /// The maximum number of waiting alarms.
  static let capacity = 32
  static let timeout = Duration.seconds(10)
  private static let pollInterval = Duration.milliseconds(20)

  private let command: Mutex<String?>
  private let log: Logger
  private let timeout: Duration
  private let alarms: AsyncStream<Alarm>
  private let queue: AsyncStream<Alarm>.Continuation

  init(command: String?, log: Logger, timeout: Duration = AlarmHook.timeout) {
    self.command = Mutex(command)
    self.log = log
    self.timeout = timeout
    (alarms, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
  }

  /// Sets another program, or none, from the next alarm on.
  func use(_ command: String?) { self.command.withLock { $0 = command } }

  /// Takes an alarm; does not wait.
  func take(_ alarm: Alarm) {
    guard let command = command.withLock(\.self) else { return }
    if case .dropped = queue.yield(alarm) {
      log.record(
        .alarmNotDelivered,
        "\(command) did not get alarm \(alarm.number): \(Self.capacity) others are waiting",
        [.reason: "the program is too slow"])
    }
  }

  func run() async {
    for await alarm in alarms.cancelOnGracefulShutdown() {
      guard let command = command.withLock(\.self), let text = try? JSONText.line(alarm) else {
        continue
      }
      await run(command, text + "\n", about: alarm)
    }
  }

  private func run(_ command: String, _ input: String, about alarm: Alarm) async {
    do throws(SystemError) {
      var program = try ChildProgram(path: command, input: input)
      let deadline = ContinuousClock.now + timeout
      while ContinuousClock.now < deadline, !Task.isShuttingDownGracefully, !Task.isCancelled {
        if let end = program.end() {
          if end != .exited(0) { refuse(command, alarm, "it ended with \(end)") }
          return
        }
        try? await Task.sleep(for: Self.pollInterval)
      }
      program.kill()
      refuse(command, alarm, "it was ended after \(timeout)")
    } catch {
      refuse(command, alarm, "\(error)")
    }
  }

  private func refuse(_ command: String, _ alarm: Alarm, _ reason: String) {
    log.record(
      .alarmNotDelivered, "\(command) did not take alarm \(alarm.number): \(reason)",
      [.reason: reason])
  }
}
