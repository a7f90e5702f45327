// SPDX-License-Identifier: MIT

/// How far a thread has come: one that hangs makes no more rounds.
public struct ThreadProgress: Equatable, Sendable {
  public let thread: String
  /// Since the thread started.
  public let rounds: UInt64

  public init(thread: String, rounds: UInt64) {
    self.thread = thread
    self.rounds = rounds
  }
}
