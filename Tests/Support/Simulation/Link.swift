// SPDX-License-Identifier: MIT
public import MediaClock
internal import PTP
internal import SeededRandom

/// The effects of the network on messages from one node to another.
public struct Link: Sendable {
  public var delay: Interval
  /// The mean of the one-sided jitter, in nanoseconds.
  public var jitter: Double
  public var loss: Double
  public var duplication: Double
  /// The probability that a message is delayed by ``holdBack``, and so reordered.
  public var reordering: Double
  public var holdBack: Interval

  public init(
    delay: Interval = .microseconds(2), jitter: Double = 0, loss: Double = 0,
    duplication: Double = 0, reordering: Double = 0, holdBack: Interval = .milliseconds(5)
  ) {
    self.delay = delay
    self.jitter = jitter
    self.loss = loss
    self.duplication = duplication
    self.reordering = reordering
    self.holdBack = holdBack
  }

  /// Returns the delay of each copy of a message in nanoseconds; empty if the message is lost.
  func delays(_ generator: inout SeededGenerator) -> [Int64] {
    if loss > 0, generator.fraction() < loss { return [] }
    let copies = duplication > 0 && generator.fraction() < duplication ? 2 : 1
    return (0..<copies).map { _ in
      var total = delay.nanoseconds
      if jitter > 0 {
        let deviate = generator.gaussian()
        total += Int64(jitter * deviate * deviate)
      }
      if reordering > 0, generator.fraction() < reordering { total += holdBack.nanoseconds }
      return total
    }
  }
}
