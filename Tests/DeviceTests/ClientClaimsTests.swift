// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import Testing

@testable import Device

@Suite struct ClientClaimsTests {
  private let now = DeviceFrame(1_000_000)

  private func credible(start: Int64, frames: UInt64 = 0) -> ClientClaims {
    ClientClaims(
      running: 1, startFrame: start, frames: frames, xruns: 3, periodFrames: 48, bufferFrames: 96
    ).credible(at: now)
  }

  @Test func plausibleClaimsAreKept() {
    let claims = ClientClaims(
      running: 1, startFrame: 990_000, frames: 10_960, xruns: 3, periodFrames: 48,
      bufferFrames: 96)
    #expect(claims.credible(at: now) == claims)
  }

  /// A stream that moved to a restarted daemon may have started before the daemon's first frame.
  @Test(arguments: [-1_000_000_000, 0, 1_000_000, 1_480_000] as [Int64])
  func possibleStarts(start: Int64) {
    #expect(credible(start: start).running == 1)
    #expect(credible(start: start).startFrame == start)
  }

  @Test(arguments: [1_480_001, .max, .min, -(1 << 60)] as [Int64])
  func impossibleStarts(start: Int64) {
    #expect(credible(start: start).running == 0)
    #expect(credible(start: start).startFrame == 0)
  }

  @Test func framesCannotBeFarAheadOfTheClock() {
    let ring = UInt64(AES67_RING_FRAMES)
    #expect(credible(start: 990_000, frames: .max).frames == 10_000 + ring)
    #expect(credible(start: 1_000_100, frames: .max).frames == ring)
    #expect(credible(start: .min, frames: .max).frames == ring)
  }
}
