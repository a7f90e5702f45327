// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// Observations of other hosts and devices.
extension LayoutNumbering {
  /// The maximum number of hosts that are remembered; strangers can make up any number.
  private static var maximumOthers: Int { 512 }

  /// Takes the claim of another host.
  public mutating func heard(_ claim: LayoutClaim, at now: MonotonicInstant) {
    guard claim.base == base, claim.claimant != claimant else { return }
    if others[claim.claimant] == nil, others.count >= Self.maximumOthers {
      let oldest = others.min { $0.value.heardAt < $1.value.heardAt }
      if let oldest { others[oldest.key] = nil }
    }
    others[claim.claimant] = Other(claim: claim, heardAt: now)
    guard let own else { return }
    guard claim.number == own.number else {
      // A host that asks for another number learns which ones are taken.
      if claim.kind <= .kept { answer(at: now) }
      return
    }
    if own.kind == .fixed {
      // A conflict of two fixed numbers must be resolved by the administrators; all others move.
      if claim.kind != .fixed { defend(at: now) }
    } else if own.beats(claim) {
      defend(at: now)
    } else {
      move(because: .claimed(by: claim.claimant.address), at: now)
    }
  }

  /// Notes that a device sends, or announces a stream, to one of the groups of `number`.
  public mutating func noticed(
    use number: UInt8, by occupant: IPv4Address, at now: MonotonicInstant
  ) {
    guard occupant != claimant.address else { return }
    let isKnown = others.values.contains { $0.claim.claimant.address == occupant }
    if case .holding(number: number) = state {
      guard fixed == nil else { return }
      if contest == nil || contest?.occupant != occupant {
        contest = Contest(occupant: occupant, began: now, heardAt: now)
        // A host that knows claims answers, or moves.
        defend(at: now)
      }
      contest?.heardAt = now
      return
    }
    // A host with a claim uses that number; the number that it used before will be free soon.
    guard !isKnown else { return }
    occupants[number] = Occupant(address: occupant, heardAt: now)
    if candidate == number { move(because: .occupied(by: occupant), at: now) }
  }

  func tolerance(of occupant: IPv4Address) -> Interval {
    others.values.contains { $0.claim.claimant.address == occupant }
      ? settings.claimantTolerance : settings.tolerance
  }

  /// The time at which a contest is decided, as far as it is known now: this host moves, or the other device is
  /// gone.
  func end(of contest: Contest) -> MonotonicInstant {
    let due = contest.began + tolerance(of: contest.occupant)
    return contest.heardAt + settings.recent >= due ? due : contest.heardAt + settings.calm
  }

  /// Moves this host if the other device does not move.
  mutating func settleContest(at now: MonotonicInstant) {
    guard let contest, let number, end(of: contest) <= now else { return }
    if now - contest.heardAt >= settings.calm {
      self.contest = nil
    } else {
      occupants[number] = Occupant(address: contest.occupant, heardAt: now)
      move(because: .occupied(by: contest.occupant), at: now)
    }
  }

  mutating func forget(at now: MonotonicInstant) {
    others = others.filter { now - $0.value.heardAt < settings.memory }
    occupants = occupants.filter { now - $0.value.heardAt < settings.occupation }
  }

  /// The numbers that others claim or use.
  func taken(at now: MonotonicInstant) -> Set<UInt8> {
    Set(others.values.map(\.claim.number)).union(occupants.keys)
  }

  func lowestFree(at now: MonotonicInstant) -> UInt8? {
    let taken = taken(at: now).union(excluded)
    return (1...254 as ClosedRange<UInt8>).first { !taken.contains($0) }
  }
}
