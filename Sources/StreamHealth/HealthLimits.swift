// SPDX-License-Identifier: MIT
internal import MediaClock

/// The limits above which something is a fault.
enum HealthLimits {
  /// A receiver is silent after this time without a packet, and after ten packet times.
  static let silence = Interval.milliseconds(100)
  /// The time that a receiver waits for its first packet after joining its group. For the same time after
  /// silence, lost and late packets are explained by it.
  static let beginning = Interval.seconds(2)
  /// The window and the number of lost or late packets in it that are a fault; fewer are an event for the
  /// journal.
  static let window = Interval.seconds(5)
  static let faults: UInt64 = 3
  /// The time between two checks.
  static let interval = Interval.milliseconds(250)
  /// After a longer pause a check proves nothing: the machine stalled, and packets that arrived meanwhile are
  /// not counted yet.
  static let longestPause = Interval.milliseconds(600)
  /// The time that an alarm waits for others with the same cause, and for a stream that is only starting.
  static let folding = Interval.seconds(1)
  static let phaseFolding = Interval.seconds(3)
  /// The time that the end of an alarm waits for others.
  static let endFolding = Interval.milliseconds(500)
}
