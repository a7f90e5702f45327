// SPDX-License-Identifier: MIT
import MediaClock
import Testing

@testable import EventLog

@Suite struct LogBudgetTests {
  private func second(_ count: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: 5_000_000_000) + .seconds(count)
  }

  @Test func floodIsCountedInsteadOfWritten() {
    var budget = LogBudget(burst: 2, refill: .seconds(1))
    #expect(budget.take(at: second(0)) == "")
    #expect(budget.take(at: second(0)) == "")
    for _ in 0..<7 { #expect(budget.take(at: second(0)) == nil) }
    #expect(budget.take(at: second(1)) == " (7 such lines left out)")
    #expect(budget.take(at: second(1)) == nil)
    #expect(budget.take(at: second(2)) == " (1 such lines left out)")
  }

  @Test func aPauseRestoresTheWholeBurst() {
    var budget = LogBudget(burst: 2, refill: .seconds(1))
    for _ in 0..<2 { _ = budget.take(at: second(0)) }
    for _ in 0..<2 { #expect(budget.take(at: second(100)) == "") }
    #expect(budget.take(at: second(100)) == nil)
  }
}
