// SPDX-License-Identifier: MIT
import MediaClock
import RTCP
import Testing

@testable import Media

@Suite("Sender reports (RTP-07)")
struct SenderReportsTests {
  @Test("Both stamps are of one instant: seconds since 1900 on the network's clock, and the frame")
  func mapping() {
    let now = MonotonicInstant(nanoseconds: 5_000_000_000)
    let clock = DeviceClock.freeRunning(
      from: now, at: PTPInstant(nanoseconds: 1_700_000_000_500_000_000), rate: .hz48000)
    let content = SenderReports.Content(
      ssrc: 9, timestampOffset: 1000, packets: 0x1_0000_0003, octets: 1152, clock: clock)
    let info = SenderReports.info(content, at: now)
    #expect(info.time.value >> 32 == 1_700_000_000 + 2_208_988_800)
    #expect(info.time.value & 0xFFFF_FFFF == 0x8000_0000)
    let frames: Int64 = 1_700_000_000 * 48_000 + 24_000
    #expect(info.timestamp.value == UInt32(truncatingIfNeeded: frames) &+ 1000)
    #expect(info.packets == 3 && info.octets == 1152)
  }

  @Test("Only reports about this sender are counted, regardless of who sends them")
  func counting() {
    let info = SenderInfo(
      time: NTPTimestamp(0), timestamp: RTPTimestamp(0), packets: 0, octets: 0)
    let compound = RTCPCompound([
      .receiverReport(ssrc: 1, [ReceptionReport(ssrc: 9), ReceptionReport(ssrc: 8)]),
      .senderReport(ssrc: 2, info, [ReceptionReport(ssrc: 9)]),
      .goodbye([9], reason: nil),
    ])
    #expect(compound.reports(about: 9) == 2)
    #expect(compound.reports(about: 7) == 0)
  }
}
