// SPDX-License-Identifier: MIT
public import ControlAPI
public import MediaClock

/// The health of one sender.
public struct SenderHealth: Sendable {
  /// One reading of a sender.
  public struct Look: Equatable, Sendable {
    /// Its condition as far as it is known without its counters.
    public var condition: Condition<SenderState>
    /// Its counts: `late` are packets that could not be sent in time, `lost` those that the kernel refused.
    public var counts: StreamCounts
    /// The reason why this host's clock does not follow the network's; nil if it does, or need not.
    public var clockProblem: String?

    public init(
      _ condition: Condition<SenderState>, counts: StreamCounts = StreamCounts(),
      clockProblem: String? = nil
    ) {
      self.condition = condition
      self.counts = counts
      self.clockProblem = clockProblem
    }
  }

  private var condition: SettledCondition<SenderState>
  private var history = CountHistory()
  private var packets: UInt64 = 0
  /// The time of the last reading with new packets.
  public private(set) var lastPacket: MonotonicInstant?
  public private(set) var packetsPerSecond = 0
  public private(set) var lastMinute = StreamCounts()

  public init(at now: MonotonicInstant) {
    condition = SettledCondition(Condition(.waiting), at: now)
  }

  public var shown: Condition<SenderState> { condition.shown }
  public var since: MonotonicInstant { condition.since }

  /// True if checks are better than the shown state, but not for long enough.
  public var isRecovering: Bool { condition.betterSince != nil }

  /// The duration of the problem so far, or until it got better.
  public func duration(at now: MonotonicInstant) -> Interval { condition.duration(at: now) }

  /// Takes one reading. Two of them should be at most 250 ms apart.
  public mutating func observe(_ look: Look, at now: MonotonicInstant) {
    if look.counts.packets != packets { lastPacket = now }
    packets = look.counts.packets
    history.add(look.counts, at: now)
    packetsPerSecond = Int(history.rate(look.counts, at: now).rounded())
    lastMinute = history.lastMinute(look.counts)
    condition.look(judge(look, at: now), since: now, at: now)
  }

  private func judge(_ look: Look, at now: MonotonicInstant) -> Condition<SenderState> {
    guard look.condition == Condition(.sending) else { return look.condition }
    let lately = history.rise(look.counts, since: now - HealthLimits.window)
    if lately.lost >= HealthLimits.faults {
      let cause =
        "this host refuses to send its packets: look for a firewall rule for outgoing UDP, or a missing route"
      return lately.packets == 0 ? Condition(.waiting, cause) : Condition(.sending, cause)
    }
    if lately.late >= HealthLimits.faults {
      return Condition(
        .sending,
        "packets are not sent because the transmit thread runs too late: check the real-time limits and the load of this host"
      )
    }
    return Condition(.sending, look.clockProblem)
  }
}
