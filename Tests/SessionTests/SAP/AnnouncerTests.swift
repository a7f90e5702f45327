// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

@Suite struct AnnouncerTests {
  func description(
    _ identifier: UInt64 = 7, name: String = "Stage", address: UInt32 = 0x0A00_0001
  ) -> SessionDescription {
    let host = HostAddress(IPv4Address(bits: address))
    let group = HostAddress(IPv4Address(bits: 0xEF45_0101))
    let stream = StreamDescription(
      name: name, origin: host, address: group, port: 5004, payloadType: 98, encoding: .l24,
      channels: 8, frames: 48)
    let origin = Origin(identifier: identifier, version: 1, address: host)
    return SessionDescription(origin: origin, name: name, streams: [stream])
  }

  func at(_ milliseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
  }

  /// Runs from deadline to deadline. Returns the packets with their times.
  func run(
    _ announcer: inout Announcer, until end: Int64
  ) throws -> [(milliseconds: Int64, packet: SAPPacket)] {
    var sent: [(milliseconds: Int64, packet: SAPPacket)] = []
    while let due = announcer.deadline, due <= at(end) {
      announcer.advance(to: due)
      while let bytes = announcer.nextAction() {
        let packet = try SAPPacket(parsing: bytes) { _, _ in nil }
        sent.append((due.nanoseconds / 1_000_000, packet))
      }
    }
    return sent
  }

  @Test func announcesQuicklyThenSlowly() throws {
    var announcer = Announcer(seed: 1)
    #expect(announcer.deadline == nil)
    try announcer.announce(description(), at: at(100))
    #expect(announcer.deadline == at(100))
    let sent = try run(&announcer, until: 100_000)
    #expect(sent.prefix(3).map(\.milliseconds) == [100, 1_100, 2_100])
    #expect(sent.count == 6)
    for (earlier, later) in zip(sent.dropFirst(2), sent.dropFirst(3)) {
      #expect((29_000...31_000).contains(later.milliseconds - earlier.milliseconds))
    }
    #expect(Set(sent.map(\.packet)).count == 1)
    #expect(sent[0].packet.key.hash != 0 && !sent[0].packet.isDeletion)
    #expect(announcer.keys == [sent[0].packet.key])
  }

  @Test func intervalsVaryByTheSeed() throws {
    var times: [[Int64]] = []
    for seed: UInt64 in [1, 1, 2] {
      var announcer = Announcer(seed: seed)
      try announcer.announce(description(), at: at(0))
      times.append(try run(&announcer, until: 200_000).map(\.milliseconds))
    }
    #expect(times[0] == times[1] && times[0] != times[2])
  }

  @Test func deletesTheOldVersionBeforeEachNewOne() throws {
    var announcer = Announcer(seed: 1)
    try announcer.announce(description(), at: at(0))
    let old = try run(&announcer, until: 5_000)[0].packet
    let changed = try announcer.announce(description(name: "Hall"), at: at(6_000))
    #expect(changed.origin.version == 2 && changed.origin.identifier == "7")
    let sent = try run(&announcer, until: 20_000)
    #expect(sent.map(\.milliseconds) == [6_000, 6_000, 7_000, 7_000, 8_000, 8_000])
    #expect(sent.map(\.packet.isDeletion) == [true, false, true, false, true, false])
    #expect(sent[0].packet.key == old.key && sent[1].packet.key != old.key)
    #expect(sent[0].packet.payload == Array("o=- 7 1 IN IP4 10.0.0.1\r\n".utf8))
  }

  @Test func doesNothingWhenNothingChanged() throws {
    var announcer = Announcer(seed: 1)
    let first = try announcer.announce(description(), at: at(0))
    _ = try run(&announcer, until: 5_000)
    let due = announcer.deadline
    #expect(try announcer.announce(description(), at: at(6_000)) == first)
    #expect(announcer.deadline == due)
  }

  /// A version that is announced again is not deleted by the pending deletion of its earlier announcement.
  @Test func aChangeThatIsReverted() throws {
    var announcer = Announcer(seed: 1)
    try announcer.announce(description(), at: at(0))
    try announcer.announce(description(name: "Hall"), at: at(10))
    try announcer.announce(description(), at: at(20))
    let sent = try run(&announcer, until: 20_000)
    let last = try #require(sent.last?.packet)
    #expect(
      !last.isDeletion && !sent.contains { $0.packet.isDeletion && $0.packet.key == last.key })
  }

  @Test func withdrawalsAreSentThreeTimesAndSoon() throws {
    var announcer = Announcer(seed: 1)
    try announcer.announce(description(7), at: at(0))
    try announcer.announce(description(8), at: at(0))
    _ = try run(&announcer, until: 5_000)
    announcer.withdraw("7", at: at(6_000))
    let sent = try run(&announcer, until: 10_000)
    #expect(sent.map(\.milliseconds) == [6_000, 6_050, 6_100])
    #expect(sent.allSatisfy { $0.packet.isDeletion })
    announcer.withdraw("7", at: at(10_000))
    announcer.withdrawAll(at: at(11_000))
    #expect(try run(&announcer, until: 12_000).map(\.milliseconds) == [11_000, 11_050, 11_100])
    #expect(announcer.deadline == nil && announcer.keys.isEmpty)
  }

  @Test func keepsVersionAndIdentifierAcrossRestarts() throws {
    var first = Announcer(seed: 1)
    try first.announce(description(), at: at(0))
    try first.announce(description(name: "Hall"), at: at(10))
    var second = Announcer(seed: 2, stamps: first.stamps)
    #expect(try second.announce(description(name: "Hall"), at: at(0)).origin.version == 2)
    #expect(second.keys == first.keys)
    var third = Announcer(seed: 3, stamps: first.stamps)
    #expect(try third.announce(description(name: "Choir"), at: at(0)).origin.version == 3)
    // A new address increases the version as well.
    #expect(try third.announce(description(address: 0x0A00_0002), at: at(1)).origin.version == 4)
  }

  @Test func announcesToNewSourcesButRarely() throws {
    var announcer = Announcer(seed: 1)
    announcer.introduce(at: at(0))
    #expect(announcer.deadline == nil)
    try announcer.announce(description(), at: at(0))
    _ = try run(&announcer, until: 5_000)
    for time in stride(from: Int64(6_000), to: 6_200, by: 10) { announcer.introduce(at: at(time)) }
    let first = try run(&announcer, until: 10_000).map(\.milliseconds)
    #expect(first.count == 1 && (6_000...6_500).contains(first[0]))
    announcer.introduce(at: at(7_000))
    let second = try run(&announcer, until: 20_000).map(\.milliseconds)
    #expect(second.count == 1 && second[0] >= first[0] + 5_000 && second[0] <= first[0] + 5_500)
  }

  @Test func hashesAreUnique() throws {
    var announcer = Announcer(seed: 1)
    for identifier in 1...1_000 as ClosedRange<UInt64> {
      try announcer.announce(description(identifier), at: at(0))
    }
    #expect(announcer.keys.count == 1_000)
  }

  @Test func announcementsAreBounded() throws {
    var announcer = Announcer(seed: 1)
    var long = description()
    long.media[0].information = ChannelNames.value(
      (1...8).map { String(repeating: "x", count: 80) + "\($0)" }, channels: 8)
    long.attributes = [Attribute("x", String(repeating: "y", count: 200))]
    try announcer.announce(long, at: at(0))
    announcer.advance(to: at(0))
    let bytes = announcer.nextAction() ?? []
    #expect((1..<1_000).contains(bytes.count))
    long.attributes = [Attribute("x", String(repeating: "y", count: 2_000))]
    #expect(throws: AnnouncementError.self) { try announcer.announce(long, at: at(0)) }
    long.origin.address = HostAddress(IPv4Address.any)
    long.origin.address.text = "example.org"
    #expect(throws: AnnouncementError.origin("example.org")) {
      try announcer.announce(long, at: at(0))
    }
  }
}
