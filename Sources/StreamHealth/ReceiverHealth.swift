// SPDX-License-Identifier: MIT
public import ControlAPI
public import MediaClock

/// How well one receiver is: what its counters, seen from time to time, come to.
public struct ReceiverHealth: Sendable {
  /// What keeps a receiver from running, with the reason.
  public enum Run: Equatable, Sendable {
    case disabled
    case waiting(String)
    case noNetwork(String)
    case notReceivable(String)
    /// Its group was joined then.
    case running(since: MonotonicInstant)
  }

  /// One look at a receiver.
  public struct Look: Equatable, Sendable {
    public var run: Run
    public var counts: StreamCounts
    /// When the last packet of the stream came, and from where; nil before the first.
    public var lastPacket: MonotonicInstant?
    public var source: String?
    /// What is received: `L24, 8 channels`.
    public var format: String
    /// Packets are placed by their arrival although their stamps should say where.
    public var isUnsynchronised: Bool
    /// Why this host's clock is not the network's; nil if it is, or need not be.
    public var clockProblem: String?
    /// Which host sends although the source filter keeps it out; nil if none does.
    public var sourceProblem: String?
    /// Which link offset the stream's bursts need; nil if the present one does.
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
  /// Looks before that prove nothing.
  private var trustedFrom: MonotonicInstant
  /// Faults before that are explained by silence, or by a beginning.
  private var forgiven: MonotonicInstant
  /// While packets came.
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

  /// Looks are better than what is shown, but have not been for long enough.
  public var isRecovering: Bool { condition.betterSince != nil }

  /// How long the trouble has lasted, or had lasted when it got better.
  public func duration(at now: MonotonicInstant) -> Interval { condition.duration(at: now) }

  /// Takes in one look. Two of them should be 250 ms apart at most.
  public mutating func observe(_ look: Look, at now: MonotonicInstant) {
    let pause = now - lastLook
    lastLook = now
    count(look.counts, at: now)
    if pause > HealthLimits.longestPause { trustedFrom = now + HealthLimits.interval }
    var began = now
    if let stop = stop(look, at: now) {
      // What is queued behind a pause of the whole machine has not been taken in yet.
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

  /// Why no packets come; nil while they do.
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

  /// Nil while packets come.
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

  /// What the packets that come are like.
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
