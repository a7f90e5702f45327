// SPDX-License-Identifier: MIT

/// Streams that got worse for one cause, or are well again: data of an event `alarm`, and what the program of
/// `alarms.command` reads.
public struct Alarm: Codable, Equatable, Sendable {
  public enum Direction: String, Codable, Sendable {
    case sender, receiver
  }

  public enum Kind: String, Codable, Sendable {
    /// They got worse.
    case began
    /// They are well again, switched off, or removed.
    case ended
  }

  /// Rises by one with each alarm of this daemon.
  public var number: UInt64
  public var kind: Kind
  /// When it was raised, in milliseconds of the Unix time scale.
  public var unixMilliseconds: Int64
  public var direction: Direction
  /// The names of the streams.
  public var streams: [String]
  /// The state that they are in now: a value of SenderState or ReceiverState, or `removed`.
  public var state: String
  public var level: HealthLevel
  /// Why; empty if nothing is wrong any more.
  public var cause: String
  /// How long the trouble has lasted, or had lasted, at the longest.
  public var durationMilliseconds: Int64
  /// All that in a sentence.
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
