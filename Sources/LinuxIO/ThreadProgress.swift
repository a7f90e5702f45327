// SPDX-License-Identifier: MIT

/// The progress of a thread; one that hangs makes no more rounds.
public struct ThreadProgress: Equatable, Sendable {
  public let thread: String
  /// The number of rounds since the thread started.
  public let rounds: UInt64

  public init(thread: String, rounds: UInt64) {
    self.thread = thread
    self.rounds = rounds
  }
}
