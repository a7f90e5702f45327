// SPDX-License-Identifier: MIT
public import ControlAPI
public import MediaClock

/// Turns conditions of streams into alarms: one when a problem begins and one when it ends. Streams with the
/// same problem at the same time share an alarm.
public struct AlarmCollector: Sendable {
  private struct Key: Hashable, Comparable {
    let direction: Alarm.Direction
    let id: Int

    static func < (left: Self, right: Self) -> Bool { left.id < right.id }
  }

  /// The state of one stream.
  fileprivate struct Stream {
    var last: StreamCondition
    /// True once the stream has been healthy. A phase before that is a start, not a fault.
    var hasBeenWell = false
    /// The problem of the alarm that was raised; nil if there was none, or its end was reported.
    var raised: StreamCondition?
    /// The time at which the present problem must be raised.
    var raiseAt: MonotonicInstant?
    var pendingState = ""
    /// The time at which the recovery must be reported.
    var endAt: MonotonicInstant?
  }

  private var streams: [Key: Stream] = [:]
  private var count: UInt64 = 0

  public init() {}

  /// Takes the condition of every stream, and returns the alarms to raise now.
  ///
  /// - Parameter unixMilliseconds: the time of day.
  public mutating func advance(
    _ conditions: [StreamCondition], at now: MonotonicInstant, unixMilliseconds: Int64
  ) -> [Alarm] {
    var removed = Set(streams.keys)
    for condition in conditions {
      let key = Key(direction: condition.direction, id: condition.id)
      removed.remove(key)
      var stream = streams[key] ?? Stream(last: condition)
      stream.follow(condition, at: now)
      streams[key] = stream
    }
    var alarms = raise(at: now, unixMilliseconds)
    alarms += end(at: now, unixMilliseconds)
    for key in removed.sorted() {
      if let stream = streams.removeValue(forKey: key), let raised = stream.raised {
        alarms.append(alarm(.ended, [raised], "removed", unixMilliseconds))
      }
    }
    return alarms
  }

  private mutating func raise(at now: MonotonicInstant, _ unixMilliseconds: Int64) -> [Alarm] {
    let due = streams.filter { _, stream in stream.raiseAt.map { now >= $0 } ?? false }
    var alarms: [Alarm] = []
    for key in due.keys.sorted() {
      // An earlier alarm may have included it.
      guard let first = streams[key], first.raiseAt != nil else { continue }
      let group = streams.filter { _, other in
        other.raiseAt != nil && other.last.hasSameTrouble(as: first.last)
      }.keys.sorted()
      let members = group.compactMap { streams[$0]?.last }
      for (member, condition) in zip(group, members) {
        streams[member]?.raised = condition
        streams[member]?.raiseAt = nil
      }
      alarms.append(alarm(.began, members, nil, unixMilliseconds))
    }
    return alarms
  }

  private mutating func end(at now: MonotonicInstant, _ unixMilliseconds: Int64) -> [Alarm] {
    let due = streams.filter { _, stream in stream.endAt.map { now >= $0 } ?? false }
    var alarms: [Alarm] = []
    for key in due.keys.sorted() {
      guard let first = streams[key], first.endAt != nil else { continue }
      let group = streams.filter { _, other in
        other.endAt != nil && other.last.state == first.last.state
          && other.raised?.hasSameTrouble(as: first.raised) ?? false
      }.keys.sorted()
      var members: [StreamCondition] = []
      for member in group {
        guard let raised = streams[member]?.raised, var last = streams[member]?.last else {
          continue
        }
        last.duration = raised.duration
        members.append(last)
        streams[member]?.raised = nil
        streams[member]?.endAt = nil
      }
      let words = first.last.isPhase ? first.last.words : "\(first.last.words) again"
      alarms.append(alarm(.ended, members, words, unixMilliseconds))
    }
    return alarms
  }

  /// - Parameters:
  ///   - members: not empty, all with the same problem.
  ///   - ending: how it ended; nil if it began.
  private mutating func alarm(
    _ kind: Alarm.Kind, _ members: [StreamCondition], _ ending: String?, _ unixMilliseconds: Int64
  ) -> Alarm {
    count += 1
    let worst = members.max { $0.duration < $1.duration } ?? members[0]
    let isAlone = members.count == 1
    let direction = worst.direction.rawValue
    let who = isAlone ? "\(direction) \(worst.name)" : "\(members.count) \(direction)s"
    let what =
      ending.map { "\($0), after \(worst.duration.inSeconds)" } ?? worst.sentence(isAlone: isAlone)
    return Alarm(
      number: count, kind: kind, unixMilliseconds: unixMilliseconds, direction: worst.direction,
      streams: members.map(\.name), state: ending == "removed" ? "removed" : worst.state,
      level: ending == "removed" ? .inactive : worst.level, cause: worst.cause ?? "",
      durationMilliseconds: worst.duration.nanoseconds / 1_000_000, text: "\(who): \(what)")
  }
}

extension StreamCondition {
  fileprivate func hasSameTrouble(as other: StreamCondition?) -> Bool {
    direction == other?.direction && state == other?.state && cause == other?.cause
  }

  /// Returns true if the problem of this stream is the one that it had before. Figures of the cause may have
  /// changed, such as a duration that increases: they make no other problem.
  fileprivate func continues(_ before: StreamCondition) -> Bool {
    state == before.state && cause.map(\.withoutFigures) == before.cause.map(\.withoutFigures)
  }
}

extension AlarmCollector.Stream {
  fileprivate mutating func follow(_ condition: StreamCondition, at now: MonotonicInstant) {
    let isWell = condition.level == .healthy || condition.level == .inactive
    if condition.level == .healthy || condition.level == .partiallyHealthy { hasBeenWell = true }
    if condition.level == .inactive { hasBeenWell = false }
    // The duration counts until the stream got better, which is known until then.
    if !isWell, let before = raised, condition.continues(before) { raised = condition }
    last = condition
    let isFault = !isWell && !(condition.isPhase && !hasBeenWell && raised == nil)
    guard isFault else {
      raiseAt = nil
      if raised != nil, isWell { endAt = endAt ?? now + HealthLimits.endFolding }
      return
    }
    endAt = nil
    if let raised, condition.isRecovering || condition.continues(raised) {
      raiseAt = nil
      return
    }
    if raiseAt == nil || pendingState != condition.state {
      let wait = condition.isPhase ? HealthLimits.phaseFolding : HealthLimits.folding
      raiseAt = now + wait
      pendingState = condition.state
    }
  }
}
