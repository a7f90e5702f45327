// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock
internal import SeededRandom

/// Finds a number for this host that no other host of the network has, and defends it.
///
/// The procedure is like that of IPv4 link-local addresses (RFC 3927, 2.2 and 2.5): a host asks for a number a
/// few times and listens. It uses the number if nobody objects, and then answers other hosts that ask for it.
/// Two things differ. The lowest free number is chosen, so that the first two hosts become 1 and 2. Of two
/// claims to the same number the stronger one wins on both sides (``LayoutClaim/beats(_:)``), so that only one
/// host moves. Streams of devices that make no claims occupy a number, too.
///
/// Sans-IO: claims and observations are arguments with their time, and actions are returned by
/// ``nextAction()``.
public struct LayoutNumbering: Sendable {
  public struct Settings: Sendable {
    /// The time that a host without a number listens before it uses one.
    public var listening = Interval.seconds(1)
    public var probeSpacing = Interval.milliseconds(200)
    /// The same for a host that had a number before, so that its audio starts soon.
    public var keptListening = Interval.milliseconds(250)
    public var keptProbeSpacing = Interval.milliseconds(80)
    /// The maximum delay of an answer, so that hosts do not answer at once.
    public var answerDither = Interval.milliseconds(50)
    /// The interval of claims to a number in use; it is shorter at first.
    public var claimInterval = Interval.seconds(10)
    public var quickCount = 3
    public var quickSpacing = Interval.seconds(1)
    /// The silence after which a host no longer has a number.
    public var memory = Interval.seconds(35)
    /// The time for which streams of devices without claims occupy a number after they were observed.
    public var occupation = Interval.seconds(30)
    /// If a device sends to our groups and does not answer with a claim, this host moves after this time.
    public var tolerance = Interval.seconds(1)
    /// The same for a host whose claim is weaker, or for another number: it has this time to move.
    public var claimantTolerance = Interval.seconds(5)
    /// The time without observations after which a contest is over.
    public var calm = Interval.milliseconds(1_500)
    /// A device counts only if it was observed within this time before the end of the contest, so that a stray
    /// packet does not.
    public var recent = Interval.milliseconds(500)

    public init() {}
  }

  public enum Action: Hashable, Sendable {
    case send(LayoutClaim)
    /// The number belongs to this host from now on: streams may be sent.
    case take(UInt8)
    /// The number belongs to another host: streams end at once.
    case release(UInt8, because: Reason)
  }

  /// The reason why a number is given up.
  public enum Reason: Hashable, Sendable {
    case claimed(by: IPv4Address)
    case occupied(by: IPv4Address)
  }

  enum State: Hashable, Sendable {
    case idle
    /// The host asks and listens; nobody has objected since `since`.
    case listening(number: UInt8, isKept: Bool, since: MonotonicInstant)
    case holding(number: UInt8)
    /// All numbers are taken.
    case full
  }

  struct Other: Sendable {
    var claim: LayoutClaim
    var heardAt: MonotonicInstant
  }

  struct Occupant: Sendable {
    var address: IPv4Address
    var heardAt: MonotonicInstant
  }

  /// A contest with a device that sends to the groups of this host's number.
  struct Contest: Sendable {
    var occupant: IPv4Address
    var began: MonotonicInstant
    var heardAt: MonotonicInstant
  }

  public let base: IPv4Address
  /// The configured number; nil if it is automatic.
  public let fixed: UInt8?
  let settings: Settings
  /// Numbers that are never chosen, because this host receives their streams.
  let excluded: Set<UInt8>
  var claimant: LayoutClaim.Claimant
  var state = State.idle
  var others: [LayoutClaim.Claimant: Other] = [:]
  var occupants: [UInt8: Occupant] = [:]
  var contest: Contest?
  /// The time until which this host claims its number as a kept one: on a network to which it returns, others
  /// may have the number.
  var returningUntil: MonotonicInstant?
  var random: SeededGenerator
  private var nextClaim: MonotonicInstant?
  private var lastClaim: MonotonicInstant?
  private var quickLeft = 0
  private var actions: [Action] = []

  public init(
    base: IPv4Address, claimant: LayoutClaim.Claimant, fixed: UInt8? = nil,
    excluding excluded: Set<UInt8> = [], settings: Settings = Settings(), seed: UInt64
  ) {
    self.base = base
    self.claimant = claimant
    self.fixed = fixed
    self.excluded = excluded
    self.settings = settings
    random = SeededGenerator(seed: seed)
  }

  /// The number in use; nil if there is none.
  public var number: UInt8? {
    if case .holding(let number) = state { number } else { nil }
  }

  /// The number that this host asks for; nil if there is none.
  public var candidate: UInt8? {
    if case .listening(let number, _, _) = state { number } else { nil }
  }

  // MARK: Begin

  /// Begins on a network: asks for the previous number, otherwise for the lowest free one. A number that this
  /// host already has stays in use meanwhile.
  public mutating func begin(
    kept: UInt8?, from address: IPv4Address, at now: MonotonicInstant
  ) {
    claimant.address = address
    others = others.filter { $0.key != claimant }
    contest = nil
    if let fixed {
      if number == nil { take(fixed, at: now) } else { claimSoon(at: now) }
    } else if number != nil {
      returningUntil = now + settings.keptListening
      claimSoon(at: now)
    } else if let kept, !taken(at: now).contains(kept), !excluded.contains(kept) {
      listen(for: kept, isKept: true, at: now)
    } else {
      choose(at: now)
    }
  }

  /// Uses a number without listening, if nothing can be received.
  public mutating func assume(_ number: UInt8, at now: MonotonicInstant) {
    guard self.number == nil else { return }
    take(fixed ?? number, at: now)
  }

  // MARK: Time

  /// The time of the next call of ``advance(to:)``.
  public var deadline: MonotonicInstant? {
    var times = [nextClaim].compactMap(\.self)
    if case .listening(_, let isKept, let since) = state {
      times.append(since + (isKept ? settings.keptListening : settings.listening))
    }
    if let contest { times.append(end(of: contest)) }
    return times.min()
  }

  public mutating func advance(to now: MonotonicInstant) {
    forget(at: now)
    if let until = returningUntil, until <= now { returningUntil = nil }
    switch state {
    case .idle: return
    case .full: choose(at: now)
    case .listening(let number, let isKept, let since):
      guard now - since >= (isKept ? settings.keptListening : settings.listening) else { break }
      // A lower one may have become free while hosts moved.
      if !isKept, let lowest = lowestFree(at: now), lowest < number {
        listen(for: lowest, isKept: false, at: now)
      } else {
        take(number, at: now)
      }
    case .holding: settleContest(at: now)
    }
    if let due = nextClaim, due <= now { claim(at: now) }
  }

  public mutating func nextAction() -> Action? {
    actions.isEmpty ? nil : actions.removeFirst()
  }

  // MARK: States

  private mutating func listen(for number: UInt8, isKept: Bool, at now: MonotonicInstant) {
    state = .listening(number: number, isKept: isKept, since: now)
    claim(at: now)
  }

  private mutating func take(_ number: UInt8, at now: MonotonicInstant) {
    state = .holding(number: number)
    contest = nil
    actions.append(.take(number))
    claimSoon(at: now)
  }

  private mutating func claimSoon(at now: MonotonicInstant) {
    quickLeft = settings.quickCount
    claim(at: now)
  }

  /// Gives up the present number, and looks for another one.
  mutating func move(because reason: Reason, at now: MonotonicInstant) {
    if let number { actions.append(.release(number, because: reason)) }
    contest = nil
    returningUntil = nil
    choose(at: now)
  }

  private mutating func choose(at now: MonotonicInstant) {
    if let number = lowestFree(at: now) {
      listen(for: number, isKept: false, at: now)
    } else {
      state = .full
      nextClaim = now + settings.claimInterval
    }
  }

  // MARK: Claims

  /// The present claim of this host; nil if there is none.
  var own: LayoutClaim? {
    switch state {
    case .idle, .full: return nil
    case .listening(let number, let isKept, _): return claim(isKept ? .kept : .probe, number)
    case .holding(let number):
      if fixed != nil { return claim(.fixed, number) }
      return claim(returningUntil == nil ? .held : .kept, number)
    }
  }

  private func claim(_ kind: LayoutClaim.Kind, _ number: UInt8) -> LayoutClaim {
    LayoutClaim(kind: kind, number: number, base: base, claimant: claimant)
  }

  private mutating func claim(at now: MonotonicInstant) {
    guard let own else {
      nextClaim = nil
      return
    }
    actions.append(.send(own))
    lastClaim = now
    switch state {
    case .listening(_, let isKept, _):
      nextClaim = now + (isKept ? settings.keptProbeSpacing : settings.probeSpacing)
    default:
      if returningUntil != nil {
        nextClaim = now + settings.keptProbeSpacing
      } else if contest != nil {
        nextClaim = now + settings.probeSpacing
      } else {
        quickLeft = max(0, quickLeft - 1)
        nextClaim = now + (quickLeft > 0 ? settings.quickSpacing : settings.claimInterval)
      }
    }
  }

  /// Sends a claim soon, as an answer.
  mutating func answer(at now: MonotonicInstant) {
    let delay = Int64.random(in: 0...settings.answerDither.nanoseconds, using: &random)
    let earliest = lastClaim.map { $0 + settings.answerDither } ?? now
    let due = max(now, earliest) + Interval(nanoseconds: delay)
    nextClaim = min(nextClaim ?? due, due)
  }

  /// Sends a claim at once against a weaker one, unless one was just sent.
  mutating func defend(at now: MonotonicInstant) {
    if let lastClaim, now - lastClaim < .milliseconds(5) { return answer(at: now) }
    claim(at: now)
  }
}
