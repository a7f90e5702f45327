// SPDX-License-Identifier: MIT
import Addressing
import Foundation
import Session
import Testing

@Suite struct StreamDescriptionTests {
  func streams(_ text: String) throws -> [StreamDescription] {
    try SessionDescription(parsing: text).streams()
  }

  @Test func reducesEveryDeviceToOneStream() throws {
    let table: [(String, StreamDescription.Encoding, Int, Int?, String, UInt8)] = [
      ("dante", .l24, 2, 48, "239.69.205.203", 97), ("merging", .l16, 2, 48, "239.1.20.15", 97),
      ("lawo", .l24, 64, 6, "239.3.10.23", 98), ("riedel", .l24, 1, 48, "239.77.1.40", 98),
      ("linuxDaemon", .l16, 2, 48, "239.1.0.1", 98),
      ("pipewire", .l24, 2, 48, "239.69.11.7", 127), ("st2110", .l24, 8, 6, "239.100.9.10", 100),
    ]
    for (row, (name, text)) in zip(table, Corpus.all) {
      let found = try streams(text)
      #expect(row.0 == name && found.count == 1)
      let stream = try #require(found.first)
      #expect(stream.encoding == row.1, "\(name)")
      #expect(stream.channels == row.2, "\(name)")
      #expect(stream.frames == row.3, "\(name)")
      #expect(stream.address.text == row.4, "\(name)")
      #expect(stream.payloadType == row.5, "\(name)")
      #expect(stream.rate == 48_000, "\(name)")
    }
  }

  @Test func readsNamesOffsetsAndClocks() throws {
    let dante = try streams(Corpus.dante)[0]
    #expect(dante.name == "AVIO-Hall : 2" && dante.channelNames == ["Left", "Right"])
    #expect(dante.timestampOffset == 2_911_906_980 && dante.timeToLive == 32)
    #expect(dante.sources.isEmpty && dante.filterPlace == nil && dante.duplicate == nil)
    let riedel = try streams(Corpus.riedel)[0]
    let grandmaster = EUI64(0x0019_7CFF_FE01_0203)
    #expect(riedel.referenceClocks == [ReferenceClock(grandmaster: grandmaster, domain: 0)])
    #expect(riedel.timestampOffset == 0)
    let pipewire = try streams(Corpus.pipewire)[0]
    #expect(pipewire.channelNames == ["FL", "FR"] && pipewire.port == 46_000)
  }

  @Test func takesTheFirstLegAndNotesTheSecond() throws {
    let stream = try streams(Corpus.st2110)[0]
    #expect(stream.sources.map(\.description) == ["192.168.9.142"])
    #expect(stream.filterPlace == .media)
    #expect(stream.duplicate?.address.text == "239.101.9.10")
    #expect(stream.duplicate?.sources.map(\.description) == ["192.168.10.142"])
    #expect(stream.channelNames == ["L", "R", "C", "LFE", "Ls", "Rs", "L", "R"])
    #expect(stream.referenceClocks == [.traceable(version: "IEEE1588-2008")])
  }

  /// A sender has stopped its first leg, or the first leg has a line that cannot be read.
  @Test(arguments: [
    ("a=recvonly", "a=inactive", 0), ("m=audio 5004", "m=audio 0", 0),
    ("a=rtpmap:98 L24/48000/64", "a=rtpmap:98 L24", 1),
  ])
  func takesTheSecondLegWithoutTheFirst(line: String, wrong: String, lost: Int) throws {
    let start = try #require(Corpus.lawo.range(of: line))
    let text = Corpus.lawo.replacingCharacters(in: start, with: wrong)
    let reading = try SessionReading(parsing: text)
    #expect(reading.streams.map(\.address.text) == ["239.4.10.23"])
    #expect(reading.lost.count == lost)
    let stream = try #require(reading.streams.first)
    #expect(!stream.isInactive && stream.duplicate == nil && stream.channels == 64)
    #expect(stream.sources.map(\.description) == ["10.4.10.23"] && stream.name == "A__madi6")
    // Without both legs, the session is described by its first one.
    let stopped = text.replacingOccurrences(of: "a=recvonly", with: "a=inactive")
    let both = try SessionReading(parsing: stopped).streams
    #expect(both.count == 1 && both[0].isInactive)
  }

  @Test func takesSeveralSectionsAsSeveralStreams() throws {
    let text = """
      v=0
      o=- 1 1 IN IP4 10.0.0.1
      s=Desk
      c=IN IP4 239.69.1.1/32
      t=0 0
      a=source-filter: incl IN IP4 * 10.0.0.1
      a=mediaclk:sender
      m=audio 5004 RTP/AVP 98
      i=Talk
      a=rtpmap:98 L24/48000/1
      m=video 5010 RTP/AVP 96
      m=audio 5006 RTP/AVP 96 98
      i=1 channel: Mic
      c=IN IP4 239.69.1.2/32
      a=inactive
      a=rtpmap:96 AM824/48000/2
      a=rtpmap:98 L16/48000/1
      a=framecount:16
      """
    let found = try streams(text)
    #expect(found.map(\.name) == ["Talk", "Desk 2"])
    #expect(found.map(\.address.text) == ["239.69.1.1", "239.69.1.2"])
    #expect(found.map(\.frames) == [nil, 16])
    #expect(found.map(\.isInactive) == [false, true])
    #expect(found.map(\.encoding) == [.l24, .l16])
    #expect(found[0].filterPlace == .session && found[0].sources.map(\.description) == ["10.0.0.1"])
    #expect(found[0].mediaClock == .sender && found[0].timestampOffset == nil)
  }

  static let head = "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\n"
  static let wrong: [(String, Int, String)] = [
    (head, 0, "no audio"), (head + "m=video 1 RTP/AVP 96\n", 0, "no audio"),
    (head + "m=audio 5004 RTP/AVP 98\n", 4, "a=rtpmap of this section is missing"),
    (head + "m=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\n", 4, "c=IN IP4"),
    (head + "c=IN IP4 239.1.1.1/1\nm=audio 5004 RTP/AVP 98\na=rtpmap:98 L24\n", 6, "ENCODING/RATE"),
  ]

  @Test(arguments: wrong)
  func namesTheLineAndTheReason(text: String, line: Int, reason: String) throws {
    let error = #expect(throws: SDPError.self) { try streams(text) }
    #expect(error?.line == line)
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  func ours() throws -> StreamDescription {
    let host = try #require(IPv4Address("10.0.0.1"))
    let group = try #require(IPv4Address("239.69.1.1"))
    var stream = StreamDescription(
      name: "Stage", origin: HostAddress(host), address: HostAddress(group), port: 5004,
      payloadType: 98, encoding: .l24, channels: 8, frames: 48)
    stream.timeToLive = 32
    stream.sources = [host]
    stream.filterPlace = .media
    stream.channelNames = (1...8).map { "CH\($0)" }
    stream.referenceClocks = [
      ReferenceClock(grandmaster: EUI64(0x0011_22FF_FE33_4455), domain: 0)
    ]
    stream.mediaClock = .direct(offset: 0)
    return stream
  }

  /// The order of lines is fixed, because some devices depend on it.
  @Test func writesTheCanonicalText() throws {
    let stream = try ours()
    let origin = Origin(identifier: 7, version: 3, address: stream.origin)
    let description = SessionDescription(origin: origin, name: "Stage", streams: [stream])
    let expected = Corpus.crlf(
      """
      v=0
      o=- 7 3 IN IP4 10.0.0.1
      s=Stage
      c=IN IP4 239.69.1.1/32
      t=0 0
      m=audio 5004 RTP/AVP 98
      i=8 channels: CH1, CH2, CH3, CH4, CH5, CH6, CH7, CH8
      c=IN IP4 239.69.1.1/32
      a=recvonly
      a=rtpmap:98 L24/48000/8
      a=ptime:1
      a=framecount:48
      a=source-filter: incl IN IP4 239.69.1.1 10.0.0.1
      a=ts-refclk:ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0
      a=mediaclk:direct=0
      a=clock-domain:PTPv2 0
      a=sync-time:0

      """)
    #expect(description.text == expected)
    #expect(try description.streams() == [stream])
  }

  @Test func writesInTheStyleOfThePeer() throws {
    var stream = try ours()
    stream.channelOrder = ChannelOrder(groups: ["51", "ST"])
    var style = SDPStyle()
    style.filterPlace = .session
    style.ravenna = false
    style.keywords = "Hall"
    let origin = Origin(identifier: 7, version: 3, address: stream.origin)
    let text = SessionDescription(origin: origin, name: "S", streams: [stream], style: style).text
    #expect(text.contains("t=0 0\r\na=keywds:Hall\r\na=source-filter: incl IN IP4 239.69.1.1 10."))
    #expect(
      text.contains("a=rtpmap:98 L24/48000/8\r\na=fmtp:98 channel-order=SMPTE2110.(51,ST)\r\n"))
    #expect(!text.contains("framecount") && !text.contains("clock-domain"))
    style.filterPlace = nil
    let plain = SessionDescription(origin: origin, name: "S", streams: [stream], style: style)
    #expect(!plain.text.contains("source-filter"))
  }

  @Test func writesSeveralStreams() throws {
    var first = try ours()
    var second = try ours()
    first.name = "Desk 1"
    second.name = "Talk"
    second.channelNames = []
    let origin = Origin(identifier: 7, version: 3, address: first.origin)
    let description = SessionDescription(origin: origin, name: "Desk", streams: [first, second])
    #expect(description.connection == nil)
    #expect(try description.streams() == [first, second])
  }

  @Test func dropsChannelNamesIfTheTextIsTooLong() throws {
    var stream = try ours()
    stream.channelNames = (1...8).map { String(repeating: "long ", count: 20) + "\($0)" }
    let origin = Origin(identifier: 7, version: 3, address: stream.origin)
    let long = SessionDescription(origin: origin, name: "Stage", streams: [stream])
    #expect(long.text.utf8.count > 1_000)
    #expect(long.shortened().text.utf8.count < 600)
    #expect(long.shortened(to: 2_000) == long)
  }

  @Test func readsTheShippedLayout() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let text = try String(contentsOf: root.appending(path: "configs/default.sdp"), encoding: .utf8)
    let found = try streams(text)
    #expect(found.count == 8)
    for (index, stream) in found.enumerated() {
      #expect(stream.address.text == "239.69.1.\(index + 1)" && stream.port == 5004)
      #expect(stream.channels == 8 && stream.frames == 48 && stream.encoding == .l24)
      #expect(stream.payloadType == 98 && stream.channelNames.count == 8)
    }
  }
}
