// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

@Suite struct AttributeTests {
  @Test(
    arguments: [
      ("98 L24/48000/8", "L24", 48_000, 8), ("11 L16/44100", "L16", 44_100, 1),
      ("100  AM824/96000/2", "AM824", 96_000, 2),
    ] as [(String, String, Int, Int)])
  func readsPayloadTypes(value: String, encoding: String, rate: Int, channels: Int) throws {
    let map = try #require(RTPMap(value))
    #expect(map.encoding == encoding && map.rate == rate && map.channels == channels)
  }

  @Test(arguments: [
    "", "98", "98 L24", "98 L24/x/2", "128 L24/48000/2", "98 L24/48000/0", "98 L24/48000/2/2",
    "98 /48000/2", "98 L24/48000/9999999999999999999999",
  ])
  func refusesPayloadTypes(value: String) {
    #expect(RTPMap(value) == nil)
  }

  static let clocks: [(String, String)] = [
    ("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:0", "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:0"),
    (
      "ptp=IEEE1588-2008:00-1d-c1-ff-fe-12-00-a4:domain-nmbr=127",
      "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:127"
    ),
    ("ptp=IEEE1588-2019:001DC1FFFE1200A4", "ptp=IEEE1588-2019:00-1D-C1-FF-FE-12-00-A4:0"),
    ("ptp=ieee1588-2002:00-1D-C1-12-00-A4:", "ptp=IEEE1588-2002:00-1D-C1-FF-FE-12-00-A4:0"),
    ("PTP=00-1D-C1-FF-FE-12-00-A4:3 ", "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:3"),
    ("ptp=IEEE1588-2008:traceable", "ptp=IEEE1588-2008:traceable"),
    ("ptp=traceable", "ptp=IEEE1588-2008:traceable"),
    ("localmac=7c-e9-d3-1b-9a-af", "localmac=7C-E9-D3-1B-9A-AF"),
    ("ntp=/traceable/", "ntp=/traceable/"), ("gps", "gps"), ("", ""),
    ("ptp=IEEE1588-2008", "ptp=IEEE1588-2008"),
    (
      "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:256",
      "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:256"
    ),
    ("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00:0", "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00:0"),
  ]

  @Test(arguments: clocks)
  func readsReferenceClocks(value: String, normal: String) {
    #expect(ReferenceClock(value).value == normal)
  }

  @Test func recognizesPTPClocks() {
    let grandmaster = EUI64(0x001D_C1FF_FE12_00A4)
    #expect(
      ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-12-00-A4:5")
        == ReferenceClock(grandmaster: grandmaster, domain: 5))
    #expect(ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:256").isOther)
    #expect(ReferenceClock("ptp=IEEE1588-2008:+0-1D-C1-FF-FE-12-00-A4:0").isOther)
    #expect(ReferenceClock("gps").isOther)
  }

  @Test(
    arguments: [
      ("direct=0", .direct(offset: 0)), ("direct=2911906980", .direct(offset: 2_911_906_980)),
      ("direct", .direct(offset: 0)), ("direct=4294967297", .direct(offset: 1)),
      ("direct=5 rate=1000/1001", .direct(offset: 5, numerator: 1000, denominator: 1001)),
      ("id=MDA6NjA= direct=7", .direct(offset: 7)), ("sender", .sender),
      ("direct=5 rate=48000", .direct(offset: 5, numerator: 48_000, denominator: 1)),
      ("direct=-1", .other("direct=-1")), ("direct=0 rate=1/0", .other("direct=0 rate=1/0")),
      ("IEEE1722=38-D6-6D-8E-D2-78-13-2F", .other("IEEE1722=38-D6-6D-8E-D2-78-13-2F")),
      ("", .other("")),
    ] as [(String, MediaClockAttribute)])
  func readsMediaClocks(value: String, clock: MediaClockAttribute) {
    #expect(MediaClockAttribute(value) == clock)
    #expect(MediaClockAttribute(clock.value) == clock)
  }

  @Test func readsSourceFilters() throws {
    let value = "incl IN IP4 239.69.1.1 10.0.0.1 10.0.0.2"
    let filter = try #require(SourceFilter(" " + value))
    #expect(filter.destination == "239.69.1.1" && filter.sources == ["10.0.0.1", "10.0.0.2"])
    #expect(!filter.isExclusion && filter.value == value)
    #expect(SourceFilter("excl IN * * 10.0.0.9")?.isExclusion == true)
    #expect(SourceFilter(value.uppercased()) == filter)
    #expect(SourceFilter("InCl in ip4 * 10.0.0.9")?.sources == ["10.0.0.9"])
    for wrong in ["", "incl", "incl IN IP4 239.1.1.1", "only IN IP4 239.1.1.1 10.0.0.1"] {
      #expect(SourceFilter(wrong) == nil)
    }
  }

  @Test func readsGroups() {
    #expect(MediaGroup("dup a b")?.value == "DUP a b")
    #expect(MediaGroup("") == nil)
  }

  /// The table of SDP-03, and other notations that tools write.
  @Test(
    arguments: [
      ("0.12", 6), ("0.125", 6), ("0.13", 6), ("0.25", 12), ("0.33", 16), ("0.333333", 16),
      ("1", 48),
      ("1.0", 48), ("1.000000000000", 48), ("4", 192), ("0.083", 4), ("125", 6), ("250", 12),
      ("333", 16), ("1000", 48), ("20", 960), ("1.", 48), (".5", 24), ("1,0", 48), ("0.001", 48),
      ("0.004", 192), ("0.000125", 6), ("1ms", 48), ("1 ms", 48), ("125us", 6), ("333 µs", 16),
      ("0.3333333333333333", 16), ("1.0000000000000000", 48),
    ] as [(String, Int)])
  func readsPacketTimes(value: String, frames: Int) {
    #expect(PacketTimeAttribute.frames(value, rate: 48_000) == frames)
  }

  @Test(arguments: [
    "", "0", ".", "-1", "+1", "1.x", "1e3", "9999999999999999999", "ms", "1s", "1.5.5", "1,5,5",
    "0.000001", "٣",
  ])
  func refusesPacketTimes(value: String) {
    #expect(PacketTimeAttribute.frames(value, rate: 48_000) == nil)
  }

  @Test(
    arguments: [
      (6, 48_000, "0.125"), (12, 48_000, "0.25"), (16, 48_000, "0.333"), (48, 48_000, "1"),
      (192, 48_000, "4"), (48, 44_100, "1.088"), (48, 96_000, "0.5"),
    ] as [(Int, Int, String)])
  func writesPacketTimes(frames: Int, rate: Int, value: String) {
    #expect(PacketTimeAttribute.value(frames: frames, rate: rate) == value)
    #expect(PacketTimeAttribute.frames(value, rate: rate) == frames)
  }

  @Test func readsFrameCounts() {
    #expect(PacketTimeAttribute.frames("1.09", rate: 44_100) == 48)
    #expect(PacketTimeAttribute.frameCounts("48") == 48...48)
    #expect(PacketTimeAttribute.frameCounts("64-192") == 64...192)
    for wrong in ["", "0", "192-64", "-", "1-2-3"] {
      #expect(PacketTimeAttribute.frameCounts(wrong) == nil)
    }
  }

  @Test(
    arguments: [
      ("2 channels: Left Right", ["Left", "Right"]),
      ("2 channels: Stage left, Stage right", ["Stage left", "Stage right"]),
      ("1 channel: Talk back,", ["Talk back"]), ("3 channels: A,,C", ["A", "", "C"]),
      ("2 channels: 1 2 3 4", ["1", "2"]), ("8 channels:", []), ("Two channels: A B", nil),
      ("Commentary: left", nil), ("2 channels", nil), ("", nil),
    ] as [(String, [String]?)])
  func readsChannelNames(information: String, names: [String]?) {
    #expect(ChannelNames.parse(information) == names)
  }

  @Test func writesChannelNames() {
    #expect(ChannelNames.value(["L", "R", "X"], channels: 2) == "2 channels: L, R")
    // A combining mark does not make the comma another separator.
    let marked = ChannelNames.value(["a,\u{301}b", "R"], channels: 2)
    #expect(ChannelNames.parse(marked) == ["a \u{301}b", "R"])
    #expect(ChannelNames.parse("2 channels: L,\u{301}l, R") == ["L", "\u{301}l"])
    #expect(ChannelNames.value(["Hall, left"], channels: 1) == "1 channel: Hall  left")
  }

  @Test func readsChannelOrder() throws {
    let order = try #require(ChannelOrder("98 channel-order=SMPTE2110.(ST,51,U02); other=1"))
    #expect(order.names == ["L", "R", "L", "R", "C", "LFE", "Ls", "Rs", "U1", "U2"])
    #expect(order.value == "channel-order=SMPTE2110.(ST,51,U02)")
    #expect(ChannelOrder("98 channel-order=SMPTE2110.(222)")?.names?.count == 24)
    #expect(ChannelOrder(groups: ["XYZ"]).names == nil)
    #expect(ChannelOrder("98 channel-order=OTHER.(ST)") == nil)
    #expect(ChannelOrder("98") == nil)
  }
}

extension ReferenceClock {
  var isOther: Bool {
    if case .other = self { true } else { false }
  }
}
