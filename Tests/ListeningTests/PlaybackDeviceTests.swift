// SPDX-License-Identifier: MIT
import Testing

@testable import SoundDevice

@Suite("The fill of a card's buffer")
struct PlaybackDeviceTests {
  /// A card whose buffer of 64 KiB holds 8,192 frames of two 32-bit channels.
  private func startFrames(_ milliseconds: Int) throws -> Int {
    try PlaybackDevice.startFrames(
      fillMilliseconds: milliseconds, rate: 48_000, bufferFrames: 8_192)
  }

  @Test("a fill that the buffer holds starts the card")
  func fits() throws {
    #expect(try startFrames(60) == 2_880)
    #expect(try startFrames(170) == 8_160)
  }

  @Test("a fill beyond the buffer is refused with both lengths, instead of writing forever")
  func exceeds() {
    let error = #expect(throws: SoundDeviceError.self) { try startFrames(200) }
    #expect(
      error?.description == "its buffer holds 170 ms, not 200 ms: choose a shorter latency")
  }
}
