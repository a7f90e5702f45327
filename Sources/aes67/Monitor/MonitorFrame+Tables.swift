// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The columns of a page. On a narrow screen the less important ones are left out; the last one takes the
/// remaining width.
struct PageTable {
  struct Column {
    var title: String
    var width: Int
    var isNumber = false
    /// The number of screen columns below which it is left out.
    var from = 0
  }

  struct Cell {
    var text: String
    var style = StyledLine.Style.plain
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The titles, followed by the rows.
  func lines(width: Int) -> [StyledLine] {
    let titles = columns.map { Cell(text: $0.title, style: .heading) }
    return ([titles] + rows).map { line($0, width: width) }
  }

  private func line(_ cells: [Cell], width: Int) -> StyledLine {
    var line = StyledLine()
    for (place, (column, cell)) in zip(columns, cells).enumerated() where width >= column.from {
      let text = Text.plain(cell.text)
      if place == columns.count - 1 {
        line.add(text, cell.style)
      } else {
        line.add(
          Text.fitted(text, to: column.width, toTheRight: column.isNumber), cell.style)
        line.add("  ")
      }
    }
    return line
  }
}

extension MonitorFrame {
  /// Of a table's text column: more on a wide screen.
  private var nameWidth: Int { max(14, min(40, columns / 4 - 4)) }

  func receivers(_ all: [ReceiverStatus]) -> (lines: [StyledLine], headings: Int) {
    guard !all.isEmpty else { return ([StyledLine("this host receives nothing")], 0) }
    var table = PageTable([
      .init(title: "RECEIVER", width: nameWidth), .init(title: "FROM", width: 20, from: 100),
      .init(title: "CHANNELS", width: 8, isNumber: true),
      .init(title: "PEAK", width: 6, isNumber: true),
      .init(title: "OFFSET", width: 8, isNumber: true, from: 110),
      .init(title: "JITTER", width: 8, isNumber: true, from: 120),
      .init(title: "PACKETS/S", width: 9, isNumber: true, from: 130),
      .init(title: "LATE/MIN", width: 8, isNumber: true),
      .init(title: "LOST/MIN", width: 8, isNumber: true), .init(title: "STATE", width: 0),
    ])
    for stream in all {
      let health = stream.health
      table.add([
        .init(text: stream.name), .init(text: "\(stream.address):\(stream.port)"),
        .init(text: DeviceChannels(stream).short),
        .init(text: peak(DeviceChannels(stream), state.meters?.capture)),
        .init(text: Text.time(Double(stream.linkOffsetFrames) * 1e9 / 48_000)),
        .init(text: Text.time(Double(stream.timing.jitterMicroseconds) * 1e3)),
        .init(text: Text.count(health.packetsPerSecond)),
        Self.faults(health.lateLastMinute), Self.faults(health.lostLastMinute),
        .init(text: stream.stateLine, style: Self.style(health.level)),
      ])
    }
    return (table.lines(width: columns), 1)
  }

  func senders(_ all: [SenderStatus]) -> (lines: [StyledLine], headings: Int) {
    guard !all.isEmpty else { return ([StyledLine("this host sends nothing")], 0) }
    var table = PageTable([
      .init(title: "SENDER", width: nameWidth), .init(title: "TO", width: 20),
      .init(title: "CHANNELS", width: 8, isNumber: true),
      .init(title: "PEAK", width: 6, isNumber: true),
      .init(title: "PACKET", width: 8, isNumber: true, from: 110),
      .init(title: "PACKETS/S", width: 9, isNumber: true, from: 120),
      .init(title: "DROPPED/MIN", width: 11, isNumber: true, from: 100),
      .init(title: "ERRORS/MIN", width: 10, isNumber: true, from: 130),
      .init(title: "STATE", width: 0),
    ])
    for stream in all {
      let health = stream.health
      table.add([
        .init(text: stream.name), .init(text: "\(stream.address):\(stream.port)"),
        .init(text: DeviceChannels(stream).short),
        .init(text: peak(DeviceChannels(stream), state.meters?.playback)),
        .init(text: Text.time(Double(stream.packetTimeMicroseconds) * 1e3)),
        .init(text: Text.count(health.packetsPerSecond)),
        Self.faults(health.lateLastMinute), Self.faults(health.lostLastMinute),
        .init(text: stream.stateLine, style: Self.style(health.level)),
      ])
    }
    return (table.lines(width: columns), 1)
  }

  func programs(_ all: [ClientStatus]) -> (lines: [StyledLine], headings: Int) {
    guard !all.isEmpty else { return ([StyledLine("no program has the device open")], 0) }
    var table = PageTable([
      .init(title: "PROGRAM", width: nameWidth), .init(title: "PID", width: 7, isNumber: true),
      .init(title: "", width: 8), .init(title: "CHANNELS", width: 8, isNumber: true),
      .init(title: "PERIOD", width: 8, isNumber: true),
      .init(title: "BUFFER", width: 8, isNumber: true),
      .init(title: "XRUNS", width: 6, isNumber: true), .init(title: "STATE", width: 0),
    ])
    for client in all {
      let last = client.firstChannel + client.channels - 1
      table.add([
        .init(text: client.program), .init(text: "\(client.pid)"),
        .init(text: client.direction.rawValue),
        .init(text: client.channels == 1 ? "\(last)" : "\(client.firstChannel)-\(last)"),
        .init(text: Text.time(Double(client.periodFrames) * 1e9 / 48_000)),
        .init(text: Text.time(Double(client.bufferFrames) * 1e9 / 48_000)),
        .init(text: Text.count(client.xruns), style: client.xruns > 0 ? .warning : .plain),
        .init(text: client.running ? "running" : "stopped", style: client.running ? .good : .faint),
      ])
    }
    return (table.lines(width: columns), 1)
  }

  func threads(_ report: Stats.Report) -> (lines: [StyledLine], headings: Int) {
    var table = PageTable([
      .init(title: "THREAD", width: 16), .init(title: "ID", width: 8, isNumber: true),
      .init(title: "CPU", width: 8, isNumber: true), .init(title: "", width: 0),
    ])
    let all = report.threads.map { ($0, Stats.share(of: $0, since: state.last)) }
    for (thread, share) in all.sorted(by: { $0.1 > $1.1 }) {
      let length = Int((share * Double(max(10, columns - 40))).rounded())
      table.add([
        .init(text: thread.name), .init(text: "\(thread.id)"), .init(text: Text.percent(share)),
        .init(
          text: String(repeating: "\u{2588}", count: max(0, min(length, columns))),
          style: share > 0.8 ? .bad : share > 0.5 ? .warning : .good),
      ])
    }
    return (table.lines(width: columns), 1)
  }

  private static func faults(_ count: UInt64) -> PageTable.Cell {
    .init(text: Text.count(count), style: count > 0 ? .warning : .faint)
  }

  /// The greatest of a stream's channels, in dBFS; empty for silence.
  private func peak(_ channels: DeviceChannels, _ levels: [MeterSnapshot.Level]?) -> String {
    let peaks = channels.numbers.compactMap { number in
      levels.flatMap { (1...$0.count).contains(number) ? $0[number - 1].peakDecibels : nil }
    }
    return Self.decibels(peaks.max() ?? MeterSnapshot.silence)
  }
}
