// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import StreamHealth

extension SenderHandle {
  /// Checks the sender.
  func observe(_ view: StreamView) {
    var counts = StreamCounts()
    unsafe counts.packets = counters.pointee.sent
    unsafe counts.late = counters.pointee.dropped.count
    unsafe counts.lost = counters.pointee.sendErrors.count
    health.observe(
      SenderHealth.Look(
        condition(view), counts: counts, clockProblem: view.surroundings.clockProblem),
      at: view.now)
    if recentDepartures.isDue(at: view.now) {
      recentDepartures.add(unsafe counters.pointee.departures.counts, at: view.now)
    }
  }

  /// Its condition as far as it is known without its counters.
  private func condition(_ view: StreamView) -> Condition<SenderState> {
    if lifecycle == .resting(.disabled) || lifecycle == .resting(.removed) {
      return Condition(.disabled)
    }
    if let problem = view.networkProblem { return Condition(.noNetwork, problem) }
    switch lifecycle {
    case .resting(.waiting(let reason)):
      if let clock = view.surroundings.startReason { return Condition(.waitingForClock, clock) }
      return Condition(.waiting, reason)
    case .resting, .stopping: return Condition(.waiting, StreamLifecycle.notStopped)
    case .running: break
    }
    guard socketFailure.isEmpty else { return Condition(.waiting, socketFailure) }
    let farSideProblem = farSide.problem(configuration.address, configuration.port)
    if farSide.isRefusing { return Condition(.refused, farSideProblem) }
    if let warning { return Condition(.addressConflict, warning) }
    return Condition(.sending, farSideProblem)
  }

  /// The condition for alarms.
  func condition(at now: MonotonicInstant) -> StreamCondition {
    StreamCondition(
      .sender, id: id.number, name: configuration.name,
      address: "\(configuration.address):\(configuration.port)", health.shown,
      duration: health.duration(at: now), isRecovering: health.isRecovering)
  }

  /// - Parameter levels: nil if they are not measured.
  func healthStatus(_ levels: [MeterSnapshot.Level]?) -> StreamHealthStatus {
    let now = MonotonicClock.now
    return StreamHealthStatus(
      level: health.shown.level,
      sinceUnixMilliseconds: UnixTime.milliseconds(at: health.since, now),
      lastPacketAgeMilliseconds: health.lastPacket.map { $0.age(at: now) },
      packetsPerSecond: health.packetsPerSecond,
      peakDecibels: levels?.peak(of: configuration.route), lateLastMinute: health.lastMinute.late,
      lostLastMinute: health.lastMinute.lost)
  }
}
