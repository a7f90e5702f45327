// SPDX-License-Identifier: MIT
public import MediaClock
internal import PTP
internal import SeededRandom

/// What the network does to a message from one node to another.
public struct Link: Sendable {
  public var delay: Interval
  /// One-sided, its mean in nanoseconds.
  public var jitter: Double
  public var loss: Double
  public var duplication: Double
  /// How often a message is held back by `holdBack`, and so overtaken.
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

  /// When each copy arrives, in nanoseconds after it left.
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
