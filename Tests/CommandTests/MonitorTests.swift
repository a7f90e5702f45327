// SPDX-License-Identifier: MIT
import ControlAPI
import LinuxIO
import Testing

@testable import aes67

/// The screens of `aes67 monitor`, computed from its state and the size of the terminal.
@Suite struct MonitorTests {
  private static let sizes = [(80, 24), (200, 60), (40, 10), (20, 3), (1, 1)]

  private static func meters(_ peaks: [Int: Double] = [:], clipped: Set<Int> = []) -> MeterSnapshot
  {
    let levels = (1...64).map { channel in
      MeterSnapshot.Level(
        peakDecibels: peaks[channel] ?? MeterSnapshot.silence,
        clips: clipped.contains(channel) ? 1 : 0)
    }
    return MeterSnapshot(
      windowMilliseconds: 300, deviceFrame: 0, playback: levels, capture: levels)
  }

  private static func receiver(_ number: Int, name: String? = nil) -> ReceiverStatus {
    ReceiverStatus(
      id: number, name: name ?? "receiver \(number)", address: "239.69.1.\(number)", port: 5004,
      channels: 2, firstChannel: 2 * number - 1, encoding: "L24", linkOffsetFrames: 144,
      state: number == 3 ? .silent : .receiving, error: number == 3 ? "silent: no packets" : nil,
      health: StreamHealthStatus(
        level: number == 3 ? .unhealthy : .healthy, packetsPerSecond: 1_000,
        lateLastMinute: number == 2 ? 7 : 0),
      packets: 0, inTime: 0, late: 0, early: 0, duplicate: 0, foreign: 0, malformed: 0,
      reordered: 0, lost: 0, resyncs: 0, ssrc: 0)
  }

  private static func state(
    receivers: Int = 30, name: String? = nil, _ meters: MeterSnapshot = meters([5: -12.3])
  ) -> MonitorState {
    let senders = (1...32).map { number in
      SenderStatus(
        id: number, name: "sender \(number)", address: "239.169.100.\(100 + number)", port: 5004,
        channels: 2, firstChannel: 2 * number - 1, packetTimeMicroseconds: 1_000, payloadType: 98,
        ssrc: 1, state: .sending, error: nil, packets: 1, dropped: 0, sendErrors: 0, withheld: 0,
        receiverReports: 0)
    }
    let clients = (1...20).map { number in
      ClientStatus(
        slot: number, pid: Int32(4_000_000 + number), program: "program \(number)",
        direction: .playback, channels: 64, firstChannel: 1, running: number > 1,
        xruns: UInt64(number), periodFrames: 64, bufferFrames: 8_160)
    }
    let status = DaemonStatus(
      version: "1.0", host: "studio-pc", instance: "",
      interface: DaemonStatus.Interface(name: "net0", index: 2, address: "10.67.0.1"),
      realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: DaemonStatus.Clock(state: "locked", deviceFrame: 0, mediaOffset: 0, rateDivisor: 1),
      ptp: nil, senders: senders,
      receivers: receivers == 0 ? [] : (1...receivers).map { receiver($0, name: name) },
      clients: clients)
    let threads = (1...12).map {
      ThreadStatus(
        name: "thread-\($0)", id: Int32($0), processorNanoseconds: UInt64($0) * 10_000_000,
        ageNanoseconds: 1_000_000_000)
    }
    var state = MonitorState()
    state.take(Stats.Report(status: status, threads: threads), meters, now: 1_000)
    for number in 1...80 {
      state.add(
        Change(
          .clock, "event \(number % 9) of \(Character(UnicodeScalar(UInt8(65 + number % 20))))"),
        time: "17:45:01")
    }
    return state
  }

  private static func texts(_ state: MonitorState, _ columns: Int, _ rows: Int) -> [String] {
    MonitorFrame(state, columns: columns, rows: rows).lines.map {
      $0.rendered(width: columns, isColoured: false)
    }
  }

  private static func press(_ key: Key, _ state: inout MonitorState, _ columns: Int, _ rows: Int)
    -> Bool
  {
    let frame = MonitorFrame(state, columns: columns, rows: rows)
    return state.press(key, lines: frame.scrollableLines, room: frame.room)
  }

  @Test("each page fits each terminal size, with stream names of any characters", arguments: 1...6)
  func fits(_ page: Int) {
    for name in [
      nil, "日本語のとても長い名前のストリームです、ステージ左", "e\u{301}e\u{301}🎙️", String(repeating: "x", count: 64),
    ] {
      var state = Self.state(name: name)
      let key = Key.character(Character("\(page)"))
      #expect(Self.press(key, &state, 80, 24))
      for (columns, rows) in Self.sizes {
        let lines = Self.texts(state, columns, rows)
        #expect(lines.count == max(1, rows) || rows <= 2, "\(columns)x\(rows): \(lines.count)")
        #expect(lines.allSatisfy { Text.cells($0) <= columns }, "\(columns)x\(rows): \(lines)")
      }
    }
  }

  @Test("80 by 24 shows all channels, a scale, the worst stream and the last event")
  func overview() {
    let lines = Self.texts(Self.state(), 80, 24)
    let text = lines.joined(separator: "\n")
    for words in [
      "[1 overview]", "studio-pc", "locked", "net0 (10.67.0.1)", "29 of 30 healthy; receiver 3",
      "32 of 32 healthy", "PLAYBACK  -12.3 dBFS on channel 5", "CAPTURE", "   0 ", "57", "EVENTS",
      "q quit",
    ] { #expect(text.contains(words), "\(words) is not in\n\(text)") }
    #expect(lines[22].contains("event"), "events reach to the line above the keys")
  }

  @Test("a large terminal shows higher bars and more columns")
  func large() {
    var state = Self.state()
    func bars(_ columns: Int, _ rows: Int) -> Int {
      Self.texts(state, columns, rows).count { $0.contains("\u{2588}") }
    }
    state = Self.state(Self.meters([5: -0.1]))
    #expect(bars(200, 60) > 2 * bars(80, 24))
    _ = Self.press(.character("2"), &state, 200, 60)
    let wide = Self.texts(state, 200, 60)
    #expect(wide[1].contains("JITTER") && wide[1].contains("OFFSET"))
    #expect(wide.contains { $0.contains("receiver 30") }, "all receivers are visible")
    #expect(!Self.texts(state, 80, 24)[1].contains("JITTER"))
    #expect(Self.texts(state, 80, 24)[1].contains("STATE"))
  }

  @Test func scrolling() {
    var state = Self.state()
    _ = Self.press(.character("2"), &state, 80, 24)
    #expect(Self.texts(state, 80, 24)[23].contains("1\u{2013}21 of 30"))
    _ = Self.press(.down, &state, 80, 24)
    let scrolled = Self.texts(state, 80, 24)
    #expect(scrolled[1].hasPrefix("RECEIVER") && scrolled[2].hasPrefix("receiver 2 "))
    _ = Self.press(.end, &state, 80, 24)
    #expect(Self.texts(state, 80, 24)[22].hasPrefix("receiver 30 "))
    _ = Self.press(.down, &state, 80, 24)
    #expect(
      Self.texts(state, 80, 24)[22].hasPrefix("receiver 30 "), "scrolling ends at the last receiver"
    )
    _ = Self.press(.home, &state, 80, 24)
    _ = Self.press(.pageDown, &state, 80, 24)
    #expect(Self.texts(state, 80, 24)[22].hasPrefix("receiver 30 "))
    // A page is scrolled back to its beginning when it is left.
    _ = Self.press(.tab, &state, 80, 24)
    #expect(Self.texts(state, 80, 24)[2].hasPrefix("sender 1 "))
    _ = Self.press(.left, &state, 80, 24)
    #expect(Self.texts(state, 80, 24)[2].hasPrefix("receiver 1 "))
    #expect(!Self.press(.character("q"), &state, 80, 24))
  }

  @Test("a repeated event is one line with a count")
  func folding() {
    var list = EventList()
    for number in 1...5 {
      list.add(Change(.receiver, name: "Hall", "\(number * 7) late"), time: "17:45:0\(number)")
      list.add(Change(.clock, "locked became holdover"), time: "17:45:0\(number)")
    }
    list.add(Change(.receiver, name: "Stage", "1 late"), time: "17:45:06")
    #expect(
      list.entries.map(\.line) == [
        "17:45:05  5\u{D7} receiver Hall: 35 late",
        "17:45:05  5\u{D7} clock: locked became holdover",
        "17:45:06  receiver Stage: 1 late",
      ])
  }

  @Test func peaksAreHeldAndFall() {
    var holds = PeakHolds()
    holds.take([.init(peakDecibels: -6)], now: 0)
    holds.take([.init(peakDecibels: -40)], now: 2_000)
    #expect(holds.decibels == [-6])
    holds.take([.init(peakDecibels: -40)], now: 2_500)
    #expect(holds.decibels == [-16])
    holds.take([.init(peakDecibels: -40)], now: 60_000)
    #expect(holds.decibels == [-40])
    holds.take([.init(peakDecibels: -3)], now: 60_100)
    #expect(holds.decibels == [-3])
  }

  @Test func levelBarsMatchTheScale() {
    let meters = Self.meters([1: 0, 2: -30, 3: -59, 64: -0.5], clipped: [64])
    let lines = LevelBars(levels: meters.playback, holds: (1...64).map { $0 == 3 ? -29.0 : -150 })
      .lines(rows: 2, columns: 80).map(\.text)
    #expect(lines[0].hasPrefix("   0 \u{2588} \u{2594}") && lines[0].hasSuffix("!"))
    #expect(lines[1].hasPrefix(" -30 \u{2588}\u{2588}\u{2581}"))
    #expect(lines[2].hasPrefix("     1        9        17"))
    #expect(lines.allSatisfy { Text.cells($0) == 76 })
  }

  @Test("colours follow the state, and can be turned off")
  func colours() {
    let frame = MonitorFrame(Self.state(), columns: 80, rows: 24)
    #expect(!frame.text(isColoured: false).contains("\u{1B}[3"))
    #expect(!frame.text(isColoured: false).contains("\u{1B}[1;31m"))
    #expect(frame.text(isColoured: true).contains("\u{1B}[1;31m29 of 30 healthy\u{1B}[0m"))
  }

  @Test(
    "the width of a text is counted in terminal cells",
    arguments: [
      ("Stage left", 10), ("日本語", 6), ("e\u{301}", 1), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
      ("🎙", 1), ("🎧", 2), ("ｱ", 1), ("Ａ", 2), ("–", 1), ("", 0), ("👩‍🚀", 2),
    ])
  func cells(_ text: String, _ width: Int) { #expect(Text.cells(text) == width) }

  @Test func textIsCutBetweenCharacters() {
    #expect(Text.fitted("日本語", to: 4) == "日\u{2026} ")
    #expect(Text.fitted("日本語", to: 6) == "日本語")
    #expect(Text.fitted("ab", to: 4, toTheRight: true) == "  ab")
    var table = Table("NAME", ">N")
    table.add("日本", "1")
    table.add("abcd", "22")
    #expect(table.lines == ["NAME   N", "日本   1", "abcd  22"])
  }

  @Test func keySequencesAreParsed() {
    #expect(
      Key.keys(in: Array("q\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[1;5C\t\u{1B}[H\u{1B}[4~é".utf8))
        == [
          .character("q"), .up, .down, .pageUp, .pageDown, .right, .tab, .home, .end,
          .character("é"),
        ])
    #expect(Key.keys(in: [0x1B]) == [])
    #expect(Key.keys(in: Array("\u{1B}[200~x".utf8)) == [.character("x")])
  }
}
