// SPDX-License-Identifier: MIT
internal import MediaClock

/// Combines Sync and Follow_Up, in whichever order they arrive: they use different sockets (SLV-03). Single
/// ones expire.
///
/// Messages may arrive twice, over two networks or from a mirrored port. The first copy counts: its timestamp
/// is that of the shorter path.
struct SyncMatcher: Sendable {
  private struct Half: Sendable {
    var sequenceId: UInt16
    var correction: TimeInterval
    var at: MonotonicInstant
    /// The time of arrival of a Sync.
    var received: MonotonicInstant?
    /// The origin time of a Follow_Up.
    var origin: PTPInstant?
  }

  private var halves: [Half] = []
  /// The complete ones, which may arrive again.
  private var done: [(sequenceId: UInt16, at: MonotonicInstant)] = []
  private static let capacity = 16
  /// A message with the same number after this time is not a copy: its master has restarted.
  private static let copiesWithin: Interval = .seconds(1)
  private(set) var unmatched: UInt64 = 0
  /// The number of duplicate messages.
  private(set) var copies: UInt64 = 0

  mutating func reset() {
    halves.removeAll(keepingCapacity: true)
    done.removeAll(keepingCapacity: true)
  }

  /// Takes a Sync that needs no Follow_Up; nil for a copy.
  mutating func oneStep(
    _ sequenceId: UInt16, _ correction: TimeInterval, origin: PTPInstant,
    received: MonotonicInstant, at now: MonotonicInstant
  ) -> SyncMeasurement? {
    guard !isCopy(sequenceId, at: now) else { return nil }
    complete(sequenceId, at: now)
    return SyncMeasurement(origin: origin, correction: correction, received: received)
  }

  mutating func sync(
    _ sequenceId: UInt16, _ correction: TimeInterval, received: MonotonicInstant,
    at now: MonotonicInstant
  ) -> SyncMeasurement? {
    guard !isCopy(sequenceId, at: now) else { return nil }
    guard let half = take(sequenceId, where: { $0.origin != nil }), let origin = half.origin else {
      keep(Half(sequenceId: sequenceId, correction: correction, at: now, received: received))
      return nil
    }
    complete(sequenceId, at: now)
    return measurement(origin, correction, half.correction, received)
  }

  mutating func followUp(
    _ sequenceId: UInt16, _ correction: TimeInterval, origin: PTPInstant,
    at now: MonotonicInstant
  ) -> SyncMeasurement? {
    guard !isCopy(sequenceId, at: now) else { return nil }
    guard let half = take(sequenceId, where: { $0.received != nil }), let received = half.received
    else {
      keep(Half(sequenceId: sequenceId, correction: correction, at: now, origin: origin))
      return nil
    }
    complete(sequenceId, at: now)
    return measurement(origin, correction, half.correction, received)
  }

  private func measurement(
    _ origin: PTPInstant, _ one: TimeInterval, _ other: TimeInterval, _ received: MonotonicInstant
  ) -> SyncMeasurement? {
    (one + other).map { SyncMeasurement(origin: origin, correction: $0, received: received) }
  }

  // MARK: Copies

  private mutating func isCopy(_ sequenceId: UInt16, at now: MonotonicInstant) -> Bool {
    guard
      done.contains(where: { $0.sequenceId == sequenceId && now - $0.at <= Self.copiesWithin })
    else { return false }
    copies += 1
    return true
  }

  private mutating func complete(_ sequenceId: UInt16, at now: MonotonicInstant) {
    done.removeAll { $0.sequenceId == sequenceId }
    if done.count == Self.capacity { done.removeFirst() }
    done.append((sequenceId, now))
  }

  // MARK: Halves

  private mutating func take(_ sequenceId: UInt16, where isOther: (Half) -> Bool) -> Half? {
    guard let index = halves.firstIndex(where: { $0.sequenceId == sequenceId && isOther($0) })
    else { return nil }
    return halves.remove(at: index)
  }

  /// Keeps the first of two copies of a half.
  private mutating func keep(_ half: Half) {
    if let index = halves.firstIndex(where: { $0.sequenceId == half.sequenceId }) {
      if half.at - halves[index].at <= Self.copiesWithin {
        copies += 1
        return
      }
      halves.remove(at: index)
      unmatched += 1
    }
    if halves.count == Self.capacity {
      halves.removeFirst()
      unmatched += 1
    }
    halves.append(half)
  }
}
