// SPDX-License-Identifier: MIT

/// Streams that got worse or recovered, with one cause: data of an event `alarm`, and the input of the program
/// that `alarms.command` names.
public struct Alarm: Codable, Equatable, Sendable {
  public enum Direction: String, Codable, Sendable {
    case sender, receiver
  }

  public enum Kind: String, Codable, Sendable {
    /// They got worse.
    case began
    /// They have recovered, or were switched off or removed.
    case ended
  }

  /// The number of the alarm, which increases by one with each alarm of this daemon.
  public var number: UInt64
  public var kind: Kind
  /// The time at which it was raised, in milliseconds of Unix time.
  public var unixMilliseconds: Int64
  public var direction: Direction
  /// The names of the streams.
  public var streams: [String]
  /// The present state of the streams: a value of SenderState or ReceiverState, or `removed`.
  public var state: String
  public var level: HealthLevel
  /// The cause; empty once the streams have recovered.
  public var cause: String
  /// The duration of the problem, of the stream that was affected longest.
  public var durationMilliseconds: Int64
  /// The alarm as one sentence.
  public var text: String

  public init(
    number: UInt64, kind: Kind, unixMilliseconds: Int64, direction: Direction, streams: [String],
    state: String, level: HealthLevel, cause: String, durationMilliseconds: Int64, text: String
  ) {
    self.number = number
    self.kind = kind
    self.unixMilliseconds = unixMilliseconds
    self.direction = direction
    self.streams = streams
    self.state = state
    self.level = level
    self.cause = cause
    self.durationMilliseconds = durationMilliseconds
    self.text = text
  }
}
