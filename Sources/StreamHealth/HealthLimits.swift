// SPDX-License-Identifier: MIT
internal import MediaClock

/// From when on something is a fault.
enum HealthLimits {
  /// Without a packet for so long, and for ten packet times, a receiver is silent.
  static let silence = Interval.milliseconds(100)
  /// So long after joining its group a receiver waits for its first packet. So long, too, what is lost or late
  /// after silence is explained by that.
  static let beginning = Interval.seconds(2)
  /// Within so long, so many packets lost or late are a fault; fewer are an event for the journal.
  static let window = Interval.seconds(5)
  static let faults: UInt64 = 3
  /// From look to look.
  static let interval = Interval.milliseconds(250)
  /// A look that comes so long after the one before proves nothing: the machine stood still, and what has come
  /// meanwhile is not counted yet.
  static let longestPause = Interval.milliseconds(600)
  /// An alarm waits so long for others of the same cause; and so long while a stream is only on its way to a
  /// beginning.
  static let folding = Interval.seconds(1)
  static let phaseFolding = Interval.seconds(3)
  /// The end of an alarm waits so long for others.
  static let endFolding = Interval.milliseconds(500)
}
