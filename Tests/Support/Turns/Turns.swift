// SPDX-License-Identifier: MIT

/// Waits for something that other tasks bring about, and returns whether it came.
///
/// All tests share a few threads, and those that compute for half a minute keep them from everybody else. So what ends the
/// wait is no time but a number of turns: each lasts a millisecond or more, and in each whoever was ready before runs too.
public func wait(turns: Int = 10_000, for condition: () -> Bool) async throws -> Bool {
  for _ in 0..<turns where !condition() {
    try await Task.sleep(for: .milliseconds(1))
  }
  return condition()
}
