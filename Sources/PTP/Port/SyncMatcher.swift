// SPDX-License-Identifier: MIT
internal import MediaClock

/// Brings Sync and Follow_Up together, in whichever order they come: they use different sockets
/// (SLV-03). Those that stay alone are forgotten.
struct SyncMatcher: Sendable {
  private struct Half: Sendable {
    var sequenceId: UInt16
    var correction: TimeInterval
    /// Of a Sync.
    var received: MonotonicInstant?
    /// Of a Follow_Up.
    var origin: PTPInstant?
  }

  private var halves: [Half] = []
  private static let capacity = 4
  private(set) var unmatched: UInt64 = 0

  mutating func reset() { halves.removeAll(keepingCapacity: true) }

  mutating func sync(
    _ sequenceId: UInt16, _ correction: TimeInterval, received: MonotonicInstant
  ) -> SyncMeasurement? {
    guard let half = take(sequenceId, where: { $0.origin != nil }), let origin = half.origin else {
      keep(Half(sequenceId: sequenceId, correction: correction, received: received))
      return nil
    }
    return measurement(origin, correction, half.correction, received)
  }

  mutating func followUp(
    _ sequenceId: UInt16, _ correction: TimeInterval, origin: PTPInstant
  ) -> SyncMeasurement? {
    guard let half = take(sequenceId, where: { $0.received != nil }), let received = half.received
    else {
      keep(Half(sequenceId: sequenceId, correction: correction, origin: origin))
      return nil
    }
    return measurement(origin, correction, half.correction, received)
  }

  private func measurement(
    _ origin: PTPInstant, _ one: TimeInterval, _ other: TimeInterval, _ received: MonotonicInstant
  ) -> SyncMeasurement? {
    (one + other).map { SyncMeasurement(origin: origin, correction: $0, received: received) }
  }

  private mutating func take(_ sequenceId: UInt16, where isOther: (Half) -> Bool) -> Half? {
    guard let index = halves.firstIndex(where: { $0.sequenceId == sequenceId && isOther($0) })
    else { return nil }
    return halves.remove(at: index)
  }

  /// A repeated half takes the place of the first one.
  private mutating func keep(_ half: Half) {
    if let index = halves.firstIndex(where: { $0.sequenceId == half.sequenceId }) {
      halves[index] = half
      return
    }
    if halves.count == Self.capacity {
      halves.removeFirst()
      unmatched += 1
    }
    halves.append(half)
  }
}
