// SPDX-License-Identifier: MIT
import MediaClock
import Testing

@Suite struct TokenBucketTests {
  private func at(_ nanoseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: 5_000_000_000 + nanoseconds)
  }

  private func taken(_ bucket: inout TokenBucket, of count: Int, at now: MonotonicInstant) -> Int {
    var taken = 0
    for _ in 0..<count where bucket.take(at: now) { taken += 1 }
    return taken
  }

  @Test func allowsABurstAndThenItsRate() {
    var bucket = TokenBucket(burst: 10, perSecond: 100)
    #expect(taken(&bucket, of: 50, at: at(0)) == 10)
    #expect(taken(&bucket, of: 50, at: at(50_000_000)) == 5)
    #expect(taken(&bucket, of: 50, at: at(90_000_000_000)) == 10)
  }

  @Test func aTimeBeforeTheLastOneAddsNoTokens() {
    var bucket = TokenBucket(burst: 2, every: .seconds(1))
    #expect(taken(&bucket, of: 5, at: at(10_000_000_000)) == 2)
    #expect(taken(&bucket, of: 5, at: at(0)) == 0)
    #expect(taken(&bucket, of: 5, at: at(11_000_000_000)) == 1)
  }
}
