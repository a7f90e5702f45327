// SPDX-License-Identifier: MIT
public import ControlAPI
internal import MediaClock

extension HealthLevel {
  /// The severity, which increases as a stream gets worse.
  var severity: Int {
    switch self {
    case .inactive: 0
    case .healthy: 1
    case .partiallyHealthy: 2
    case .unhealthy: 3
    }
  }
}

/// The result of one check of a stream.
public struct Condition<State: HealthState>: Equatable, Sendable {
  public var state: State
  /// The cause and its remedy; nil if there is no problem. The text is constant while the state lasts.
  public var cause: String?

  public init(_ state: State, _ cause: String? = nil) {
    self.state = state
    self.cause = cause
  }

  /// The level of the state; if there is a cause, the stream is not healthy, whatever its state.
  public var level: HealthLevel {
    state.level == .healthy && cause != nil ? .partiallyHealthy : state.level
  }
}

/// A condition that gets worse at once, and better only when checks have agreed for a while (BCP-008-01 and
/// -02: the status reporting delay, 3 s).
struct SettledCondition<State: HealthState>: Sendable {
  static var delay: Interval { .seconds(3) }

  private(set) var shown: Condition<State>
  /// The time since which the state holds, at its level.
  private(set) var since: MonotonicInstant
  /// The time since which checks are better than the shown state.
  private(set) var betterSince: MonotonicInstant?

  init(_ first: Condition<State>, at now: MonotonicInstant) {
    shown = first
    since = now
  }

  /// Takes the result of one check.
  ///
  /// - Parameter began: the time since which it holds; before `now` for a state that is detected only after a
  ///   while.
  mutating func look(
    _ seen: Condition<State>, since began: MonotonicInstant, at now: MonotonicInstant
  ) {
    let isBetter = seen.level.severity < shown.level.severity
    // A stream that starts, or is switched on or off, has nothing to recover from.
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

  /// The duration of the problem so far, or until it got better.
  func duration(at now: MonotonicInstant) -> Interval { (betterSince ?? now) - since }

  private mutating func show(_ condition: Condition<State>, since began: MonotonicInstant) {
    // A sender with a problem is still in the state "sending", but the problem begins now.
    let hasBegun = condition.state != shown.state || condition.level != shown.level
    if hasBegun { since = began }
    shown = condition
  }
}
