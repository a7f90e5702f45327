// SPDX-License-Identifier: MIT
import Fuzzing
import MediaClock
import RTCP
import SeededRandom
import Testing

@Suite("RTCP: sender reports, receiver reports, names and goodbyes (RTP-07)")
struct RTCPTests {
  private static let report: [UInt8] = [
    // SR, one report block, 12 words and one more.
    0x81, 200, 0, 12, 0xAE, 0x56, 0x70, 0x01,
    // 2025-01-01T00:00:00.5 as NTP, RTP time, packets, octets.
    0xEB, 0x1F, 0x04, 0x00, 0x80, 0, 0, 0, 0, 0, 0x12, 0x34, 0, 0, 0, 9, 0, 0, 0x28, 0x80,
    // About another sender: a quarter lost, -2 in all.
    0, 0, 0, 7, 0x40, 0xFF, 0xFF, 0xFE, 0, 1, 0, 5, 0, 0, 0, 3, 0x6A, 0x80, 0x80, 0, 0, 1, 0, 0,
    // SDES: CNAME "a@b", padded to four bytes.
    0x81, 202, 0, 3, 0xAE, 0x56, 0x70, 0x01, 1, 3, 0x61, 0x40, 0x62, 0, 0, 0,
  ]

  private static let value = RTCPCompound([
    .senderReport(
      ssrc: 0xAE56_7001,
      SenderInfo(
        time: NTPTimestamp(PTPInstant(nanoseconds: 1_735_689_600_500_000_000)),
        timestamp: RTPTimestamp(0x1234), packets: 9, octets: 0x2880),
      [
        ReceptionReport(
          ssrc: 7, fractionLost: 0x40, cumulativeLost: -2, highestSequence: 0x1_0005, jitter: 3,
          lastSenderReport: 0x6A80_8000, delaySinceLast: 0x1_0000)
      ]),
    .sourceDescription([SourceDescription(ssrc: 0xAE56_7001, cname: "a@b")]),
  ])

  private static let times: [(Int64, UInt64)] = [
    (0, 2_208_988_800 << 32), (500_000_000, 2_208_988_800 << 32 | 0x8000_0000),
    (-1, 2_208_988_799 << 32 | 0xFFFF_FFFB),
  ]

  @Test("The bytes and the value correspond")
  func vector() throws {
    #expect(try RTCPCompound(parsing: Self.report) == Self.value)
    #expect(Self.value.bytes == Self.report)
    #expect(Self.value.senderReport?.ssrc == 0xAE56_7001)
    #expect(Self.value.senderReport?.info.time.middle == 0x0400_8000)
  }

  @Test(
    "NTP time counts from 1900, also for times before the epoch of PTP",
    arguments: times)
  func time(nanoseconds: Int64, ntp: UInt64) {
    #expect(NTPTimestamp(PTPInstant(nanoseconds: nanoseconds)).value == ntp)
  }

  @Test("Written messages are read back unchanged")
  func roundTrip() throws {
    let messages = [
      RTCPCompound.goodbye(of: 5, cname: "aes67d@10.0.0.1"),
      RTCPCompound.report(
        of: 1, about: (0..<31).map { ReceptionReport(ssrc: $0) }, cname: "host"),
      RTCPCompound([
        .receiverReport(ssrc: 1, []), .goodbye([1, 2], reason: "tea"),
        .sourceDescription([
          SourceDescription(ssrc: 1, items: [(1, ""), (2, "Stage left"), (6, "aes67d")]),
          SourceDescription(ssrc: 2, cname: "abc"),
        ]),
      ]),
    ]
    for message in messages {
      #expect(message.bytes.count % 4 == 0)
      #expect(try RTCPCompound(parsing: message.bytes) == message)
    }
    #expect(messages[0].leaving == [5])
  }

  @Test("Padding and unknown packets are accepted")
  func tolerated() throws {
    let padded: [UInt8] = [0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4]
    let other: [UInt8] = [0x80, 207, 0, 1, 1, 2, 3, 4]
    #expect(
      try RTCPCompound(parsing: [0x80, 201, 0, 1, 0, 0, 0, 1] + other + padded).packets == [
        .receiverReport(ssrc: 1, []), .other(type: 207), .receiverReport(ssrc: 1, []),
      ])
  }

  @Test("Each error names the fault")
  func errors() {
    #expect(throws: RTCPError.truncated(needed: 4, got: 0)) { try RTCPCompound(parsing: []) }
    #expect(throws: RTCPError.version(1)) { try RTCPCompound(parsing: [0x40, 200, 0, 0]) }
    #expect(throws: RTCPError.firstType(202)) { try RTCPCompound(parsing: [0x80, 202, 0, 0]) }
    #expect(throws: RTCPError.truncated(needed: 8, got: 4)) {
      try RTCPCompound(parsing: [0x80, 201, 0, 1])
    }
    #expect(throws: RTCPError.contents(type: 201)) {
      try RTCPCompound(parsing: [0x81, 201, 0, 1, 0, 0, 0, 1])
    }
    #expect(throws: RTCPError.padding(8)) {
      try RTCPCompound(parsing: [0xA0, 201, 0, 1, 0, 0, 0, 8])
    }
    let name: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 65, 66]
    #expect(throws: RTCPError.contents(type: 202)) { try RTCPCompound(parsing: name) }
  }

  @Test("Any bytes are refused, or are unchanged after reading and writing (RTP-07)")
  func fuzz() {
    let inputs = [
      Self.report, RTCPCompound.goodbye(of: 5, cname: "aes67d@10.0.0.1").bytes,
      RTCPCompound.report(of: 1, about: [ReceptionReport(ssrc: 2)], cname: "b").bytes,
      RTCPCompound([.receiverReport(ssrc: 1, []), .goodbye([1, 2], reason: "tea")]).bytes,
      [0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 207, 0, 1, 1, 2, 3, 4],
    ]
    let seed: UInt64 = 46
    var mutator = Mutator(random: SeededGenerator(seed: seed), inputs: inputs)
    var read = 0
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard RTCPFuzz.holds(for: bytes) else {
        Issue.record("seed \(seed), round \(round): \(bytes)")
        return
      }
      if (try? RTCPCompound(parsing: bytes)) != nil { read += 1 }
    }
    #expect(read > fuzzRounds / 50)
  }
}
