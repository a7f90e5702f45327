// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Finds threads that hang: each counts its rounds, and is compared with the last count at every tick.
///
/// Ticks are counted, not seconds: when the whole machine was paused, nothing has progressed, and
/// nothing hangs either.
struct ProgressWatch {
  /// In ticks.
  private let timeout: Int
  private var last: [String: (rounds: UInt64, ticks: Int)] = [:]

  /// - Parameter timeout: ticks in a row without progress after which a thread is taken to hang.
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
