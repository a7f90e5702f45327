// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Finds threads that stand still: each counts its rounds, and a count that stays the same for several
/// looks in a row belongs to a thread that hangs.
///
/// Looks are counted, not seconds: when the whole machine was paused, nothing has progressed, and
/// nothing hangs either.
struct ProgressWatch {
  private let patience: Int
  private var last: [String: (rounds: UInt64, looks: Int)] = [:]

  /// - Parameter patience: looks in a row without progress after which a thread stands still.
  init(patience: Int) { self.patience = patience }

  /// The threads that stand still, in the order given.
  mutating func look(at threads: [ThreadProgress]) -> [String] {
    threads.compactMap { progress in
      let before = last[progress.thread]
      let looks = before.map { $0.rounds == progress.rounds ? $0.looks + 1 : 0 } ?? 0
      last[progress.thread] = (progress.rounds, looks)
      return looks >= patience ? progress.thread : nil
    }
  }
}
