// SPDX-License-Identifier: MIT
public import MediaClock

/// Decides when a multicast receiver without packets should join its group again (NET-09).
///
/// Switches forget the members of a group: without a querier after some minutes, and when a cable is moved at
/// once. The host does not notice that, except by silence. Because silence may also mean that nobody sends, the
/// times between joins grow.
public struct SilenceWatch: Equatable, Sendable {
  public static let first = Interval.seconds(3)
  public static let longest = Interval.seconds(60)

  private var packets: UInt64
  private var wait = SilenceWatch.first
  private var due: MonotonicInstant

  /// - Parameter packets: the number of packets that the receiver has received so far.
  public init(packets: UInt64, at now: MonotonicInstant) {
    self.packets = packets
    due = now + Self.first
  }

  /// Returns true if the group must be joined again now.
  ///
  /// - Parameter packets: the number of packets that the receiver has received so far.
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
