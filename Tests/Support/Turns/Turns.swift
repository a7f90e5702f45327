// SPDX-License-Identifier: MIT

/// Waits for a condition that other tasks bring about. Returns true if the condition has become true.
///
/// All tests share a few threads, and tests that compute for half a minute keep them from the others. The
/// wait is therefore bounded by a number of turns instead of a time: each lasts a millisecond or more, and
/// all tasks that were ready before run in each turn.
public func wait(turns: Int = 10_000, for condition: () -> Bool) async throws -> Bool {
  for _ in 0..<turns where !condition() {
    try await Task.sleep(for: .milliseconds(1))
  }
  return condition()
}
