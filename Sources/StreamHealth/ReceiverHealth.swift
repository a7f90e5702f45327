// SPDX-License-Identifier: MIT
public import ControlAPI
public import MediaClock

/// The health of one receiver, from regular readings of its counters.
public struct ReceiverHealth: Sendable {
  /// Whether a receiver runs, and the reason if it does not.
  public enum Run: Equatable, Sendable {
    case disabled
    case waiting(String)
    case noNetwork(String)
    case notReceivable(String)
    /// It runs, and joined its group at this time.
    case running(since: MonotonicInstant)
  }

  /// One reading of a receiver.
  public struct Look: Equatable, Sendable {
    public var run: Run
    public var counts: StreamCounts
    /// The time and the source of the stream's last packet; nil before the first.
    public var lastPacket: MonotonicInstant?
    public var source: String?
    /// The expected format: `L24, 8 channels`.
    public var format: String
    /// True if packets are placed by arrival although the stream is configured for timestamps.
    public var isUnsynchronised: Bool
    /// The reason why this host's clock does not follow the network's; nil if it does, or need not.
    public var clockProblem: String?
    /// The host whose packets the source filter rejects; nil if there is none.
    public var sourceProblem: String?
    /// The link offset that the stream's bursts need; nil if the present one suffices.
    public var burstProblem: String?

    public init(
      run: Run, counts: StreamCounts = StreamCounts(), lastPacket: MonotonicInstant? = nil,
      source: String? = nil, format: String = "", isUnsynchronised: Bool = false,
      clockProblem: String? = nil, sourceProblem: String? = nil, burstProblem: String? = nil
    ) {
      self.run = run
      self.counts = counts
      self.lastPacket = lastPacket
      self.source = source
      self.format = format
      self.isUnsynchronised = isUnsynchronised
      self.clockProblem = clockProblem
      self.sourceProblem = sourceProblem
      self.burstProblem = burstProblem
    }
  }

  private var condition: SettledCondition<ReceiverState>
  private var history = CountHistory()
  private var counts = StreamCounts()
  private var seen: Condition<ReceiverState>
  private var lastLook: MonotonicInstant
  /// The time before which checks prove nothing.
  private var trustedFrom: MonotonicInstant
  /// The time before which faults are explained by silence, or by a start.
  private var forgiven: MonotonicInstant
  /// The packet interval while packets arrived.
  private var packetInterval = Interval.milliseconds(1)
  public private(set) var packetsPerSecond = 0
  public private(set) var lastMinute = StreamCounts()

  public init(at now: MonotonicInstant) {
    seen = Condition(.waiting)
    condition = SettledCondition(seen, at: now)
    lastLook = now
    trustedFrom = now
    forgiven = now
  }

  public var shown: Condition<ReceiverState> { condition.shown }
  public var since: MonotonicInstant { condition.since }

  /// True if checks are better than the shown state, but not for long enough.
  public var isRecovering: Bool { condition.betterSince != nil }

  /// The duration of the problem so far, or until it got better.
  public func duration(at now: MonotonicInstant) -> Interval { condition.duration(at: now) }

  /// Takes one reading. Two of them should be at most 250 ms apart.
  public mutating func observe(_ look: Look, at now: MonotonicInstant) {
    let pause = now - lastLook
    lastLook = now
    count(look.counts, at: now)
    if pause > HealthLimits.longestPause { trustedFrom = now + HealthLimits.interval }
    var began = now
    if let stop = stop(look, at: now) {
      // Packets that were queued during a pause of the whole machine have not been read yet.
      if case .running = look.run, seen.state.isReceiving, now < trustedFrom { return }
      (seen, began) = stop
      forgiven = now + HealthLimits.beginning
    } else {
      seen = flow(look, at: now)
    }
    condition.look(seen, since: min(began, now), at: now)
  }

  private mutating func count(_ new: StreamCounts, at now: MonotonicInstant) {
    let hasRisen = new.packets != counts.packets
    counts = new
    history.add(new, at: now, isMark: now <= forgiven)
    let rate = history.rate(new, at: now)
    packetsPerSecond = Int(rate.rounded())
    lastMinute = history.lastMinute(new)
    if hasRisen, seen.state.isReceiving, rate >= 1 {
      packetInterval = Interval(nanoseconds: Int64(1e9 / rate))
    }
  }

  /// The condition of a receiver without packets; nil while packets arrive.
  private func stop(
    _ look: Look, at now: MonotonicInstant
  ) -> (Condition<ReceiverState>, since: MonotonicInstant)? {
    switch look.run {
    case .disabled: (Condition(.disabled), now)
    case .waiting(let reason): (Condition(.waiting, reason), now)
    case .noNetwork(let reason): (Condition(.noNetwork, reason), now)
    case .notReceivable(let reason): (Condition(.notReceivable, reason), now)
    case .running(let start): silence(look, since: start, at: now)
    }
  }

  /// The condition of a silent receiver; nil while packets arrive.
  private func silence(
    _ look: Look, since start: MonotonicInstant, at now: MonotonicInstant
  ) -> (Condition<ReceiverState>, since: MonotonicInstant)? {
    let heard = look.lastPacket.flatMap { $0 >= start ? $0 : nil }
    let ten = Interval(nanoseconds: packetInterval.nanoseconds * 10)
    let limit = heard == nil ? HealthLimits.beginning : max(HealthLimits.silence, ten)
    if let heard, now - heard < limit { return nil }
    let lately = history.rise(look.counts, since: now - .seconds(1))
    if lately.malformed > 0 {
      let cause =
        "the packets are not \(look.format), as configured: compare the sender's format, packet size and payload type"
      return (Condition(.notReceivable, cause), heard ?? start)
    }
    if heard == nil, now - start < limit {
      return (Condition(.waiting, "waiting for the first packet"), start)
    }
    if lately.foreign > 0 {
      let cause = look.sourceProblem ?? "only packets of other senders arrive"
      return (Condition(.silent, cause), heard ?? start)
    }
    let cause =
      look.source.map { "no packets; the last came from \($0)" }
      ?? "no packet has arrived yet: check that the sender runs, the address, and, if switches use IGMP snooping, that the VLAN has an IGMP querier"
    return (Condition(.silent, cause), look.lastPacket ?? start)
  }

  /// The condition of a receiver whose packets arrive.
  private func flow(_ look: Look, at now: MonotonicInstant) -> Condition<ReceiverState> {
    if now > forgiven {
      let start = max(now - HealthLimits.window, forgiven)
      let lately = history.rise(look.counts, since: start)
      let isTorn = lately.resyncs >= 20 && lately.resyncs >= lately.packets / 2
      if isTorn || lately.isContradictory {
        return Condition(
          .notReceivable,
          "timestamps and packet sizes contradict each other: the sender's channels or format are not \(look.format)"
        )
      }
      let outside = lately.late + lately.early
      if lately.lost >= HealthLimits.faults, lately.lost >= outside {
        return Condition(
          .lossy, "packets are lost on the way: look for a bad cable, Wi-Fi, or an overloaded port")
      }
      if outside >= HealthLimits.faults {
        guard lately.late >= lately.early else { return Condition(.late, Self.earlyCause) }
        return Condition(.late, look.burstProblem ?? Self.lateCause)
      }
    }
    if let problem = look.clockProblem { return Condition(.unsynchronised, problem) }
    if look.isUnsynchronised { return Condition(.unsynchronised, Self.clocksDiffer) }
    return Condition(.receiving)
  }

  private static let lateCause =
    "packets arrive after they are due: raise link-offset, or look for a busy link"
  private static let earlyCause =
    "packets arrive before they can be due: the sender's clock is ahead of this host's"
  private static let clocksDiffer =
    "the sender's timestamps do not follow this host's clock: both need the same grandmaster"
}
