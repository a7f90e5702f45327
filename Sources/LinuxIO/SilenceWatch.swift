// SPDX-License-Identifier: MIT
public import MediaClock

/// Says when a multicast receiver that hears nothing should join its group anew (NET-09).
///
/// Switches forget who is in a group: where no querier asks, after some minutes; where a cable was
/// moved, at once. The host does not notice, so that only silence tells. As it may also mean that
/// nobody sends, joining grows rarer the longer it lasts.
public struct SilenceWatch: Equatable, Sendable {
  public static let first = Interval.seconds(3)
  public static let longest = Interval.seconds(60)

  private var packets: UInt64
  private var wait = SilenceWatch.first
  private var due: MonotonicInstant

  /// - Parameter packets: how many the receiver has heard so far.
  public init(packets: UInt64, at now: MonotonicInstant) {
    self.packets = packets
    due = now + Self.first
  }

  /// Whether to join anew now.
  ///
  /// - Parameter packets: how many the receiver has heard so far.
  public mutating func isDue(packets: UInt64, at now: MonotonicInstant) -> Bool {
    if packets != self.packets {
      self.packets = packets
      wait = Self.first
      due = now + wait
      return false
    }
    guard now >= due else { return false }
    wait = min(Interval(nanoseconds: wait.nanoseconds * 2), Self.longest)
    due = now + wait
    return true
  }
}
