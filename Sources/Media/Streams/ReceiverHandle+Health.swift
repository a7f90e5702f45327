// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import RealTime
internal import StreamEngine
internal import StreamHealth

extension ReceiverHandle {
  /// Checks the receiver.
  func observe(_ view: StreamView) {
    let stream = effective
    let isByArrival = unsafe counters.pointee.unsynchronised.count != 0
    var look = ReceiverHealth.Look(run: run(view))
    look.counts = counts
    look.lastPacket = lastPacket(view.surroundings.clock)
    look.source = lastSource
    look.format = "\(stream.encoding.name), \(stream.channels) channels"
    look.isUnsynchronised = isByArrival && stream.alignment != .arrival
    look.clockProblem = stream.alignment == .arrival ? nil : view.surroundings.clockProblem
    look.sourceProblem = sourceProblem
    look.burstProblem = timing.burstProblem(linkOffset: linkOffset)
    health.observe(look, at: view.now)
    followLinkOffset()
    if recentArrivals.isDue(at: view.now) {
      recentArrivals.add(unsafe counters.pointee.arrivals.counts, at: view.now)
    }
  }

  /// Separates arrivals that were measured against another link offset, because they are not comparable.
  func followLinkOffset() {
    let offset = linkOffset
    guard arrivalsBefore.linkOffset != offset else { return }
    let isFirst = arrivalsBefore.linkOffset == nil
    arrivalsBefore.linkOffset = offset
    guard !isFirst else { return }
    arrivalsBefore.counts = unsafe counters.pointee.arrivals.counts
    arrivalsBefore.sum = unsafe counters.pointee.arrivals.sum
    recentArrivals = RecentCounts()
    recentArrivals.add(arrivalsBefore.counts, at: MonotonicClock.now)
  }

  private func run(_ view: StreamView) -> ReceiverHealth.Run {
    if lifecycle == .resting(.disabled) || lifecycle == .resting(.removed) { return .disabled }
    if let problem = view.networkProblem { return .noNetwork(problem) }
    if let refusal { return .notReceivable(refusal) }
    return switch lifecycle {
    case .resting(.waiting(let reason)): .waiting(reason)
    case .resting, .stopping: .waiting(StreamLifecycle.notStopped)
    case .running: .running(since: joinedAt)
    }
  }

  private var counts: StreamCounts {
    var counts = StreamCounts()
    unsafe counts.late = counters.pointee.late.count
    unsafe counts.early = counters.pointee.early.count
    unsafe counts.lost = counters.pointee.lost.count
    unsafe counts.malformed = counters.pointee.malformed.count
    unsafe counts.foreign = counters.pointee.foreign.count
    unsafe counts.resyncs = counters.pointee.resyncs.count
    unsafe counts.surplusFrames = counters.pointee.surplusFrames.count
    unsafe counts.lackingFrames = counters.pointee.lackingFrames.count
    unsafe counts.packets =
      counters.pointee.inTime.count + counts.late + counts.early
      + counters.pointee.duplicate.count
    return counts
  }

  /// The arrival of the stream's last packet; nil before the first.
  func lastPacket(_ clock: DeviceClock) -> MonotonicInstant? {
    let frame = unsafe counters.pointee.lastHeard.count
    guard frame != 0 else { return nil }
    return clock.relation.instant(of: DeviceFrame(Int64(bitPattern: frame)))
  }

  private var lastSource: String? {
    let bits = unsafe UInt32(truncatingIfNeeded: counters.pointee.lastSource.count)
    return bits == 0 ? nil : "\(IPv4Address(bits: bits))"
  }

  /// A sentence on the host that sends although the source filter rejects it, and on the one that may; nil if
  /// there is none (field case 12).
  private var sourceProblem: String? {
    let bits = unsafe UInt32(truncatingIfNeeded: counters.pointee.refusedSource.count)
    guard let source = effective.source, bits != 0 else { return nil }
    return
      "\(effective.address) is received from \(source) only, but \(IPv4Address(bits: bits)) sends to it:"
      + " correct the description's source filter, or the receiver's `source`"
  }

  /// The condition for alarms.
  func condition(at now: MonotonicInstant) -> StreamCondition {
    StreamCondition(
      .receiver, id: id.number, name: configuration.name,
      address: "\(effective.address):\(effective.port)", health.shown,
      duration: health.duration(at: now), isRecovering: health.isRecovering, source: lastSource,
      isRefused: refusal != nil)
  }

  /// - Parameter levels: nil if they are not measured.
  func healthStatus(_ clock: DeviceClock, _ levels: [MeterSnapshot.Level]?) -> StreamHealthStatus {
    let now = MonotonicClock.now
    return StreamHealthStatus(
      level: health.shown.level,
      sinceUnixMilliseconds: UnixTime.milliseconds(at: health.since, now),
      lastPacketAgeMilliseconds: lastPacket(clock).map { ($0.age(at: now)) },
      lastSource: lastSource,
      packetsPerSecond: health.packetsPerSecond,
      peakDecibels: levels?.peak(of: effective.route), lateLastMinute: health.lastMinute.late,
      lostLastMinute: health.lastMinute.lost)
  }
}

extension MonotonicInstant {
  /// The age in milliseconds, not negative.
  func age(at now: MonotonicInstant) -> Int64 { max(0, (now - self).nanoseconds / 1_000_000) }
}

extension [MeterSnapshot.Level] {
  /// The greatest peak of these device channels, from 0.
  func peak(of channels: [Int?]) -> Double {
    channels.compactMap(\.self).filter(indices.contains).map { self[$0].peakDecibels }.max()
      ?? MeterSnapshot.silence
  }
}
