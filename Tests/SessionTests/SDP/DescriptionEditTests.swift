// SPDX-License-Identifier: MIT
import Addressing
import Session
import Testing

/// The changes that an edited description makes to a sender, and the lines that are refused.
@Suite struct DescriptionEditTests {
  private static let announced: String = {
    let host = HostAddress(IPv4Address(bits: 0x0A00_0001))
    var stream = StreamDescription(
      name: "Stage", origin: host, address: HostAddress(IPv4Address(bits: 0xEF45_0701)),
      port: 5004, payloadType: 98, encoding: .l24, channels: 2, frames: 48)
    stream.timeToLive = 32
    stream.sources = [IPv4Address(bits: 0x0A00_0001)]
    stream.channelNames = ["Left", "Right"]
    stream.referenceClocks = [ReferenceClock("ptp=IEEE1588-2008:00-00-00-FF-FE-00-00-01:0")]
    stream.mediaClock = .direct(offset: 0, numerator: 1, denominator: 1)
    return SessionDescription(
      origin: Origin(identifier: 7, version: 1, address: host), name: "Stage", streams: [stream]
    ).text
  }()

  private func edit(_ changes: [(String, String)]) throws(SDPError) -> DescriptionEdit {
    var text = Self.announced
    for (old, new) in changes { text = replacing(old, by: new, in: text) }
    return try DescriptionEdit(from: Self.announced, to: text)
  }

  private func replacing(_ old: String, by new: String, in text: String) -> String {
    var (result, rest) = ("", text[...])
    while let range = rest.firstRange(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }

  private func changed(_ edit: DescriptionEdit) -> [DescriptionEdit.Field] {
    DescriptionEdit.Field.allCases.filter(edit.changes)
  }

  @Test func theSameTextChangesNothing() throws {
    #expect(changed(try edit([])) == [])
    // Other line ends, and a later version.
    #expect(changed(try edit([("\r\n", "\n"), ("o=- 7 1 ", "o=- 7 4 ")])) == [])
  }

  @Test func changeableFieldsAreAccepted() throws {
    #expect(changed(try edit([("s=Stage", "s=Hall")])) == [.name])
    #expect(try edit([("s=Stage", "s=Hall")]).after.name == "Hall")
    #expect(changed(try edit([("239.69.7.1", "239.69.7.9")])) == [.address])
    #expect(changed(try edit([("/32", "/15")])) == [.timeToLive])
    #expect(changed(try edit([("m=audio 5004", "m=audio 5006")])) == [.port])
    #expect(
      changed(try edit([("AVP 98", "AVP 97"), ("rtpmap:98", "rtpmap:97")])) == [.payloadType])
    let short = try edit([("ptime:1", "ptime:0.25"), ("framecount:48", "framecount:12")])
    #expect(changed(short) == [.packetTime] && short.after.frames == 12)
    #expect(changed(try edit([("Left, Right", "L, R")])) == [.channelNames])
    let wider = try edit([
      ("L24/48000/2", "L24/48000/3"), ("2 channels: Left, Right", "3 channels: L, R, C"),
    ])
    #expect(changed(wider) == [.channels, .channelNames] && wider.line(of: .channels) > 0)
  }

  /// Each change with the kind of line that the error names, and a part of its sentence.
  @Test(arguments: [
    ("L24/48000", "L16/48000", "a=rtpmap", "L24/48000"), ("L24/48000", "L24/44100", "a=rtpmap", ""),
    ("ptime:1", "ptime:0.25", "a=framecount", "framecount:12"),
    ("ptime:1", "ptime:abc", "a=ptime", "MILLISECONDS"),
    ("FE-00-00-01:0", "FE-00-00-02:0", "a=ts-refclk", "FE-00-00-01"),
    ("direct=0", "direct=5", "a=mediaclk", "direct=0"), ("t=0 0", "t=1 2", "t=", "t=0 0"),
    ("o=- 7 1", "o=- 8 1", "o=", "o=- 7 1"), ("recvonly", "sendrecv", "a=sendrecv", "no setting"),
    ("a=recvonly\r\n", "a=recvonly\r\na=tool:me\r\n", "a=tool", "no setting"),
  ])
  func otherLinesAreRefused(old: String, new: String, kind: String, part: String) throws {
    let text = replacing(old, by: new, in: Self.announced)
    let error = try #require(throws: SDPError.self) {
      try DescriptionEdit(from: Self.announced, to: text)
    }
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" }
    try #require(error.line > 0, "\(error)")
    #expect(lines[error.line - 1].hasPrefix(kind), "\(error)")
    #expect(error.reason.sentence.contains(part), "\(error)")
  }

  @Test func missingLinesAndOtherStreamsAreRefused() throws {
    let missing = try #require(throws: SDPError.self) { try edit([("a=sync-time:0\r\n", "")]) }
    #expect(missing.description == "a=sync-time:0 is missing")
    let section = Self.announced.firstRange(of: "m=audio").map { Self.announced[$0.lowerBound...] }
    let twice = Self.announced + (try #require(section))
    #expect(throws: SDPError.self) { try DescriptionEdit(from: Self.announced, to: twice) }
    #expect(throws: SDPError.self) { try DescriptionEdit(from: Self.announced, to: "hello") }
  }

  @Test func anObstacleNamesItsLine() {
    #expect(Obstacle.rate(44_100, allowed: 48_000).line(in: Self.announced) == 10)
    #expect(Obstacle.rate(44_100, allowed: 48_000).line(in: "v=0") == 0)
    #expect(Obstacle.port(1, allowed: 2).line(in: Self.announced) == 6)
  }
}
