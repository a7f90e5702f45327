// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Detects threads that hang: each counts its rounds, which are compared with the last count at every tick.
///
/// Ticks are counted, not seconds: while the whole machine is paused nothing progresses, but nothing hangs
/// either.
struct ProgressWatch {
  /// The timeout in ticks.
  private let timeout: Int
  private var last: [String: (rounds: UInt64, ticks: Int)] = [:]

  /// - Parameter timeout: the number of ticks in a row without progress after which a thread counts as hanging.
  init(timeout: Int) { self.timeout = timeout }

  /// Returns the threads that hang, in the order given.
  mutating func look(at threads: [ThreadProgress]) -> [String] {
    threads.compactMap { progress in
      let before = last[progress.thread]
      let ticks = before.map { $0.rounds == progress.rounds ? $0.ticks + 1 : 0 } ?? 0
      last[progress.thread] = (progress.rounds, ticks)
      return ticks >= timeout ? progress.thread : nil
    }
  }
}
