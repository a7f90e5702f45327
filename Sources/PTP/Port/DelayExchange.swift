// SPDX-License-Identifier: MIT
internal import MediaClock

/// The Delay_Req messages that wait for their timestamp and their answer, in whichever order these arrive
/// (SLV-06).
struct DelayExchange: Sendable {
  private struct Request: Sendable {
    var sequenceId: UInt16
    var made: MonotonicInstant
    /// t3.
    var sent: MonotonicInstant?
    /// t4 and its correction.
    var answer: (received: PTPInstant, correction: TimeInterval)?
  }

  private var requests: [Request] = []
  private static let capacity = 8
  /// The time after which an answer is useless.
  private static let timeout: Interval = .seconds(2)

  mutating func reset() { requests.removeAll(keepingCapacity: true) }

  mutating func request(_ sequenceId: UInt16, at now: MonotonicInstant) {
    requests.removeAll { now - $0.made > Self.timeout }
    if requests.count == Self.capacity { requests.removeFirst() }
    requests.append(Request(sequenceId: sequenceId, made: now))
  }

  mutating func sent(_ sequenceId: UInt16, at stamp: MonotonicInstant?) -> DelayMeasurement? {
    guard let index = requests.firstIndex(where: { $0.sequenceId == sequenceId }) else {
      return nil
    }
    guard let stamp else {
      requests.remove(at: index)
      return nil
    }
    requests[index].sent = stamp
    return complete(index)
  }

  /// Takes an answer. Returns false if there was no request.
  mutating func answer(
    _ sequenceId: UInt16, received: PTPInstant, correction: TimeInterval, at now: MonotonicInstant
  ) -> (isKnown: Bool, measurement: DelayMeasurement?) {
    guard
      let index = requests.firstIndex(where: {
        $0.sequenceId == sequenceId && $0.answer == nil && now - $0.made <= Self.timeout
      })
    else { return (false, nil) }
    requests[index].answer = (received, correction)
    return (true, complete(index))
  }

  private mutating func complete(_ index: Int) -> DelayMeasurement? {
    guard let sent = requests[index].sent, let answer = requests[index].answer else { return nil }
    requests.remove(at: index)
    return DelayMeasurement(sent: sent, received: answer.received, correction: answer.correction)
  }
}
