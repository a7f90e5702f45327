// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import Device
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP
internal import RealTime

/// The ptp thread if another program steers the clock: it reads that clock eight times a second, and steers
/// ours by it.
struct ExternalLoop: ~Copyable {
  private static let retry = Interval.seconds(1)

  private let device: DeviceMemory
  private let report: PTPReport
  private let log: Logger
  private var source: ExternalSource
  private var clock: ExternalClock
  private var isFound = false
  private var problem: String?
  private var lastReading: ClockReading?

  init(_ choice: ClockSource, device: DeviceMemory, report: PTPReport, log: Logger) {
    source = ExternalSource(choice)
    self.device = device
    self.report = report
    self.log = log
    clock = ExternalClock(clock: device.clock, isInUse: report.isSettled)
  }

  /// Runs until the thread is asked to stop.
  mutating func run(on thread: WakeableThread) {
    var waiting = WaitSet()
    var next = MonotonicClock.now
    while !thread.isStopping {
      report.rounds.add()
      let now = MonotonicClock.now
      if now >= next {
        look(at: now)
        next = now + (isFound ? ExternalClock.interval : Self.retry)
      }
      if let deadline = clock.deadline, deadline <= now { clock.advance(to: now) }
      publish()
      waiting.removeAll()
      waiting.add(thread.stopDescriptor)
      let left = next - MonotonicClock.now
      waiting.wait(milliseconds: Int32(clamping: max(0, left.nanoseconds / 1_000_000 + 1)))
    }
    // Continues at that clock's rate alone, without the present slew.
    clock.lost(at: MonotonicClock.now)
    device.publish(clock.servo.clock)
  }

  private mutating func look(at now: MonotonicInstant) {
    switch source.read() {
    case .success(let reading):
      say(nil)
      if !isFound { clock.found(at: now) }
      isFound = true
      lastReading = reading
      clock.receive(
        reading.time, after: reading.before, before: reading.after, at: MonotonicClock.now)
    case .failure(.passing): break
    case .failure(.gone(let why)):
      if isFound { clock.lost(at: now) }
      isFound = false
      lastReading = nil
      say(why)
    }
  }

  /// Logs a problem once, and its end.
  private mutating func say(_ new: String?) {
    guard new != problem || !isFound else { return }
    if let new, new != problem { log.record(.clockUnavailable, new, [.reason: new]) }
    if new == nil {
      log.record(.clockStarts, "the clock follows \(source.choice): \(source.manner)")
    }
    problem = new
  }

  private mutating func publish() {
    while let event = clock.nextEvent() {
      switch event {
      case .locked: log.record(.locked, "the clock is locked to \(source.choice)")
      case .unlocked:
        log.record(.unlocked, "the clock has lost \(source.choice) and continues at the last rate")
      case .rebased(let rebase):
        // The first re-base disturbs no stream.
        let line = "\(source.choice) is \(rebase.frames) frames from this host's clock"
        if rebase.cause == .start {
          log.notice("\(line): the clock has been aligned to it")
        } else {
          log.record(
            .rebased, line + ": streams continue after a gap",
            [.frames: rebase.frames, .reason: rebase.cause.rawValue])
        }
      case .inaccurate(let nanoseconds):
        let line = "the clock follows \(source.choice) only within \(Int(nanoseconds / 1_000)) us"
        log.record(.clockDoubtful, line, [.reason: line])
        report.settle()
      case .state, .grandmaster, .stampsMissing: break
      }
    }
    let new = clock.servo.clock
    device.publish(new)
    report.published(new)
    let waiting = clock.servo.isLocked ? nil : "\(source.choice) is being measured"
    report.update((problem ?? waiting).map { [.externalClock($0)] } ?? [])
    report.update(
      ExternalClockStatus(
        manner: source.manner, locked: clock.servo.isLocked, offsetNanoseconds: clock.servo.offset,
        jitterNanoseconds: clock.servo.jitter, readingNanoseconds: lastReading?.width.nanoseconds,
        ratePartsPerBillion: clock.servo.rate, rebases: clock.servo.rebases,
        outliers: clock.servo.outliers, problem: problem ?? source.reservation))
  }
}
