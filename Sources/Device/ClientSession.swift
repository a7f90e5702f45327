// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import LinuxIO
internal import MediaClock

/// One connected program, from its connection to the end of its socket or its process.
///
/// | state | event | next |
/// |---|---|---|
/// | silent | valid request to look | observing |
/// | silent, waiting | valid request to attach, a slot is free | attached |
/// | silent | valid request to attach, a slot is about to become free | waiting |
/// | waiting | no slot became free for 1 s | gone, with a reason |
/// | silent | any other packet, or 1 s without a request | gone, with a reason if there is one |
/// | waiting, observing, attached | hang-up, end of the process, another packet | gone |
final class ClientSession {
  enum State {
    /// It has sent nothing yet, and may do so until this time.
    case silent(until: MonotonicInstant)
    /// It waits for a slot that is about to become free, until this time at most.
    case waiting(ClientRequest, until: MonotonicInstant)
    case observing
    case attached(ClientMemory)
  }

  let connection: ClientConnection
  var state: State
  private(set) var status: ClientStatus
  private var budget = LogBudget(burst: 10, refill: .seconds(1))

  init(_ connection: consuming ClientConnection, silentUntil deadline: MonotonicInstant) {
    status = ClientStatus(
      slot: -1, pid: connection.processID, program: "program", direction: .playback, channels: 0,
      firstChannel: 1)
    self.connection = connection
    state = .silent(until: deadline)
  }

  var user: UInt32 { connection.userID }

  var isWaiting: Bool {
    if case .waiting = state { true } else { false }
  }

  /// The name in log lines.
  var label: String { status.pid > 0 ? "\(status.program) (\(status.pid))" : status.program }

  /// The same as fields of the log.
  var facts: [EventField: any CustomStringConvertible & Sendable] {
    [
      .client: status.program, .clientPID: status.pid, .clientUID: user,
      .direction: status.direction.rawValue, .frames: status.frames, .xruns: status.xruns,
    ]
  }

  func name(_ program: String) {
    status.program = program
  }

  func attach(
    slot: Int, _ memory: ClientMemory, _ direction: ClientStatus.Direction, channels: Int,
    firstChannel: Int
  ) {
    status.slot = slot
    status.direction = direction
    status.channels = channels
    status.firstChannel = firstChannel + 1
    state = .attached(memory)
  }

  /// Takes the client's claims, as far as they are plausible, and logs the changes.
  func refresh(
    _ clock: DeviceClock, at now: MonotonicInstant, log: (EventClass, String) -> Void
  ) {
    guard case .attached(let memory) = state else { return }
    let claims = memory.read().credible(at: clock.relation.frame(at: now))
    let before = status
    status.running = claims.running == 1
    status.startFrame = claims.startFrame
    status.startMediaFrame = clock.mediaOffset.media(DeviceFrame(claims.startFrame)).index
    status.frames = claims.frames
    status.xruns = claims.xruns
    status.periodFrames = claims.periodFrames
    status.bufferFrames = claims.bufferFrames
    logChanges(since: before, at: now, log)
  }

  private func logChanges(
    since before: ClientStatus, at now: MonotonicInstant, _ log: (EventClass, String) -> Void
  ) {
    if status.xruns > before.xruns, let more = budget.take(at: now) {
      let count = status.xruns - before.xruns
      log(
        .clientXrun,
        """
        \(label): \(count) xrun\(count == 1 ? "" : "s"), \(status.xruns) in all: it was late for \
        its period of \(status.periodFrames) frames\(more)
        """)
    }
    let hasStarted = status.running && (!before.running || status.startFrame != before.startFrame)
    if hasStarted, let more = budget.take(at: now) {
      log(
        .clientStarted,
        """
        \(label) \(status.direction == .playback ? "plays" : "captures") from device frame \
        \(status.startFrame), media frame \(status.startMediaFrame); period \
        \(status.periodFrames), buffer \(status.bufferFrames) frames\(more)
        """)
    }
    if before.running, !status.running, let more = budget.take(at: now) {
      log(.clientStopped, "\(label) stopped after \(before.frames) frames\(more)")
    }
  }
}
