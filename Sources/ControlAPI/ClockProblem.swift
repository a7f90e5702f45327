// SPDX-License-Identifier: MIT

/// The reason why the device clock is not usable, or less accurate than it could be: one cause, its figures,
/// and two sentences. Journal, `aes67 doctor`, `aes67 stats` and each sender that waits for the clock show
/// these sentences.
public struct ClockProblem: Codable, Equatable, Sendable {
  // The texts of each cause are in the function with its name in `ClockProblem+Causes.swift`.
  public enum Cause: String, Codable, CaseIterable, Sendable {
    /// Nothing is known yet, in the first seconds.
    case starting
    case noInterface
    /// PTP's ports or groups cannot be opened.
    case portsUnavailable
    /// No clock announces itself in the domain.
    case noGrandmaster
    case noSync
    case noFollowUp
    case noDelayResponse
    /// The grandmaster uses peer delay, and so does not answer Delay_Req.
    case peerDelay
    /// The first seconds with a grandmaster.
    case measuring
    /// The jitter of the grandmaster's time is too high for any estimate.
    case unsteady
    /// The jitter of the grandmaster's time is so high that our clock is less accurate than a lock requires.
    case inaccurate
    /// The clock that another program steers cannot be read or followed.
    case externalClock
    case negativeDelay
    /// Another host has our clock identity.
    case sameIdentity
    /// Our own messages are received.
    case ownMessages
    /// This host is grandmaster, and no device asks for its time.
    case nobodyFollows
  }

  public enum Level: String, Codable, CaseIterable, Sendable {
    /// Senders that have not started yet wait until it is over.
    case blocking
    /// Senders run, but the problem should be fixed.
    case warning
    /// Information only.
    case note
  }

  public var cause: Cause
  public var level: Level
  /// The problem, with its figures.
  public var sentence: String
  /// How to fix it; empty if only waiting helps.
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
