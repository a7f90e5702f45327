// SPDX-License-Identifier: MIT
public import ControlAPI
internal import MediaClock

extension HealthLevel {
  /// Rises as a stream gets worse.
  var severity: Int {
    switch self {
    case .inactive: 0
    case .healthy: 1
    case .partiallyHealthy: 2
    case .unhealthy: 3
    }
  }
}

/// What one look at a stream shows.
public struct Condition<State: HealthState>: Equatable, Sendable {
  public var state: State
  /// Why, and what to do about it; nil if nothing is wrong. It says nothing that changes while the state lasts.
  public var cause: String?

  public init(_ state: State, _ cause: String? = nil) {
    self.state = state
    self.cause = cause
  }

  /// That of the state; something is wrong with a stream that has a cause, however well its state is.
  public var level: HealthLevel {
    state.level == .healthy && cause != nil ? .partiallyHealthy : state.level
  }
}

/// A condition that gets worse at once, and better only when looks have agreed for a while (BCP-008-01 and -02:
/// the status reporting delay, 3 s).
struct SettledCondition<State: HealthState>: Sendable {
  static var delay: Interval { .seconds(3) }

  private(set) var shown: Condition<State>
  /// Since when the state is so.
  private(set) var since: MonotonicInstant
  /// Since when looks are better than what is shown.
  private(set) var betterSince: MonotonicInstant?

  init(_ first: Condition<State>, at now: MonotonicInstant) {
    shown = first
    since = now
  }

  /// Takes in one look.
  ///
  /// - Parameter began: since when it has been so: before `now` for what is noticed only after a while.
  mutating func look(
    _ seen: Condition<State>, since began: MonotonicInstant, at now: MonotonicInstant
  ) {
    let isBetter = seen.level.severity < shown.level.severity
    // A stream that begins, or that somebody switches, has nothing to recover from.
    guard isBetter, !shown.state.isPhase, !seen.state.isPhase else {
      betterSince = nil
      return show(seen, since: began)
    }
    let start = betterSince ?? now
    betterSince = start
    guard now - start >= Self.delay else { return }
    betterSince = nil
    show(seen, since: start)
  }

  /// How long the trouble has lasted, or had lasted when it got better.
  func duration(at now: MonotonicInstant) -> Interval { (betterSince ?? now) - since }

  private mutating func show(_ condition: Condition<State>, since began: MonotonicInstant) {
    if condition.state != shown.state { since = began }
    shown = condition
  }
}
