// SPDX-License-Identifier: MIT

/// Why the device clock is not usable, or is less good than it could be: one cause, its figures, and the two
/// sentences that every place shows: journal, `aes67 doctor`, `aes67 stats`, and a sender that waits for the clock.
///
/// Each cause is made by the function of its name in `ClockProblem+Causes.swift`, where alone it is put into words.
public struct ClockProblem: Codable, Equatable, Sendable {
  public enum Cause: String, Codable, CaseIterable, Sendable {
    /// Nothing is known yet: the first seconds.
    case starting
    case noInterface
    /// PTP's ports, or the groups, cannot be had.
    case portsUnavailable
    /// Nobody announces itself in the domain.
    case noGrandmaster
    case noSync
    case noFollowUp
    case noDelayResponse
    /// The grandmaster measures by peer delay, and so answers no Delay_Req.
    case peerDelay
    /// The first seconds with a grandmaster.
    case measuring
    /// The grandmaster's time scatters too much for any estimate.
    case unsteady
    /// Its time scatters so much that ours is less accurate than a lock promises.
    case inaccurate
    /// The clock that another program keeps cannot be read or followed.
    case externalClock
    case negativeDelay
    /// Another host has our clock identity.
    case sameIdentity
    /// Our own messages come back.
    case ownMessages
    /// We are grandmaster, and no device asks for our time.
    case nobodyFollows
  }

  public enum Level: String, Codable, CaseIterable, Sendable {
    /// Senders that have not started yet wait for its end.
    case blocking
    /// Senders run, but what it says should be corrected.
    case warning
    /// Nothing is wrong; good to know.
    case note
  }

  public var cause: Cause
  public var level: Level
  /// What is so, with the figures in it.
  public var sentence: String
  /// What to do about it; empty where waiting is all that is to be done.
  public var remedy: String
  /// The figures of the sentence by name, such as `asked` and `answered`; times in nanoseconds, and counts.
  public var figures: [String: Int64]

  public init(
    _ cause: Cause, _ level: Level, _ sentence: String, remedy: String = "",
    figures: [String: Int64] = [:]
  ) {
    self.cause = cause
    self.level = level
    self.sentence = sentence
    self.remedy = remedy
    self.figures = figures
  }

  /// Sentence and remedy in one.
  public var text: String { remedy.isEmpty ? sentence : "\(sentence): \(remedy)" }
}
