// SPDX-License-Identifier: MIT
public import ControlAPI
public import MediaClock

/// The condition of a stream for alarms.
public struct StreamCondition: Equatable, Sendable {
  public var direction: Alarm.Direction
  public var id: Int
  public var name: String
  /// The address and port of its packets: `239.69.1.1:5004`.
  public var address: String
  /// The raw value of its state.
  public var state: String
  /// The state in words.
  public var words: String
  public var level: HealthLevel
  public var cause: String?
  public var isPhase: Bool
  /// The duration of the problem so far, or until it got better.
  public var duration: Interval
  /// True if it is better already, but not for long enough.
  public var isRecovering: Bool
  /// The source of a receiver's last packet; nil before the first.
  public var source: String?
  /// True if the stream was refused because of its session's description, which the log has already reported.
  public var isRefused: Bool

  public init(
    _ direction: Alarm.Direction, id: Int, name: String, address: String,
    _ condition: Condition<some HealthState>, duration: Interval,
    isRecovering: Bool = false, source: String? = nil, isRefused: Bool = false
  ) {
    self.direction = direction
    self.id = id
    self.name = name
    self.address = address
    state = condition.state.rawValue
    words = condition.state.words
    level = condition.level
    cause = condition.cause
    isPhase = condition.state.isPhase
    self.duration = duration
    self.isRecovering = isRecovering
    self.source = source
    self.isRefused = isRefused
  }

  /// The problem in words, without the stream's name.
  ///
  /// - Parameter isAlone: true if the sentence is about this stream alone, so that its address is included.
  func sentence(isAlone: Bool) -> String {
    if state == ReceiverState.silent.rawValue, source != nil {
      let from = source.map { "last from \($0)" }
      let detail = isAlone ? [address, from].compactMap(\.self).joined(separator: ", ") : ""
      let rest = isAlone ? " (\(detail))" : from.map { ", \($0)" } ?? ""
      return "no packets for \(duration.inSeconds)" + rest
    }
    // The log has a separate line for the network.
    guard let cause, state != ReceiverState.noNetwork.rawValue else { return words }
    return "\(words): \(cause)"
  }
}

extension Interval {
  /// The duration in words: `0.4 s`, `12 s`, `3 min`, `2 h`.
  var inSeconds: String {
    let tenths = nanoseconds / 100_000_000
    if tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
    if tenths < 6000 { return "\(tenths / 10) s" }
    return tenths < 72_000 ? "\(tenths / 600) min" : "\(tenths / 36_000) h"
  }
}
