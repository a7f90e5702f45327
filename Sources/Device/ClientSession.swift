// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import LinuxIO
internal import MediaClock

/// One connected program: from the first knock to the end of its socket or its process.
///
/// | state | event | next |
/// |---|---|---|
/// | silent | sound request to look | observing |
/// | silent, waiting | sound request to attach, a slot is free | attached |
/// | silent | sound request to attach, a slot is about to come back | waiting |
/// | waiting | no slot came back for 1 s | gone, with a reason |
/// | silent | anything else, or 1 s without a word | gone, with a reason where one is due |
/// | waiting, observing, attached | hang-up, end of the process, another packet | gone |
final class ClientSession {
  enum State {
    /// Said nothing yet, and has until the instant to do so.
    case silent(until: MonotonicInstant)
    /// Asked for a slot, of which one is about to come back, until the instant at most.
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

  /// For log lines.
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

  /// Takes over what the client claims, as far as that is credible, and logs the changes.
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
